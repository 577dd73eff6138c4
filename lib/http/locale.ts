import 'server-only';

const FALLBACK = 'en-US';

/** The first language of `Accept-Language` that numbers and dates can be formatted in. */
export function preferredLocale(headers: Pick<Headers, 'get'>): string {
  const tags = (headers.get('accept-language') ?? '')
    .split(',')
    .map((part) => part.split(';')[0]?.trim() ?? '');
  return tags.find(isFormattable) ?? FALLBACK;
}

function isFormattable(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}
