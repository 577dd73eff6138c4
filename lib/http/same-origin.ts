import 'server-only';
import { AppError } from '@/lib/errors';
import { askedHost } from './own-address';

/**
 * Refuses a browser's request that another site started, for routes that act on a session cookie. Callers without an
 * `Origin` header are no browsers, or did not cross a border.
 */
export function requireSameOrigin(request: Request): void {
  if (request.headers.has('authorization')) return;
  if (isCrossSite(request.headers)) {
    throw new AppError('forbidden', 'This may only be asked from the product itself.');
  }
}

/** Whether a browser says that another site's page started a request. */
export function isCrossSite(headers: Pick<Headers, 'get'>): boolean {
  const origin = headers.get('origin');
  return origin !== null && URL.parse(origin)?.host !== askedHost(headers)?.toLowerCase();
}
