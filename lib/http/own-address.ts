import 'server-only';

/** A path of this product as the asking browser reaches it, behind whatever proxies there are. */
export function ownAddress(headers: Pick<Headers, 'get'>, path: string): string {
  const host = headers.get('x-forwarded-host') ?? headers.get('host') ?? 'localhost';
  const protocol = headers.get('x-forwarded-proto')?.split(',')[0]?.trim() ?? 'https';
  return new URL(path, `${protocol}://${host}`).href;
}
