import 'server-only';
import { AppError } from '@/lib/errors';

/**
 * Refuses a browser's request that another site started, for routes that act on a session cookie. Callers without an
 * `Origin` header are no browsers, or did not cross a border.
 */
export function requireSameOrigin(request: Request): void {
  const origin = request.headers.get('origin');
  if (origin === null || request.headers.has('authorization')) return;
  const host = request.headers.get('x-forwarded-host') ?? request.headers.get('host');
  if (!URL.canParse(origin) || new URL(origin).host !== host) {
    throw new AppError('forbidden', 'This may only be asked from the product itself.');
  }
}
