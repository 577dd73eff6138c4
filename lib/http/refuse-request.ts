import 'server-only';
import { AppError } from '@/lib/errors';
import { hasReadableAddress } from './own-address';
import { isCrossSite } from './same-origin';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Longer than any address of ours; the server itself ends requests whose headers pass 16 kB. */
const TARGET_LENGTH_MAX = 8_192;
/** Larger than any body of ours. A body that does not say its size is measured by whoever reads it. */
const BODY_BYTES_MAX = 1_048_576;

/** The head of a request, before anything has read it. */
export interface RequestHead {
  readonly method: string;
  /** The path with its query, as it was sent. */
  readonly target: string;
  readonly headers: Pick<Headers, 'get'>;
}

/**
 * What is wrong with a request whatever it asks for, so that no page or route needs to know it; null for nothing. Pages
 * take no forms from other sites: Next.js refuses those too, but as a fault of its own.
 */
export function findFault({ method, target, headers }: RequestHead): AppError | null {
  if (!METHODS.has(method)) return new AppError('method_not_allowed', 'This method is not answered.');
  if (!target.startsWith('/')) return new AppError('bad_request', 'Ask for a path.');
  if (target.length > TARGET_LENGTH_MAX)
    return new AppError('bad_request', `The address may have at most ${TARGET_LENGTH_MAX} characters.`);
  const path = target.split('?', 1)[0] ?? '';
  if (!isReadable(path)) return new AppError('bad_request', 'The path cannot be decoded.');
  if (!hasReadableAddress(headers))
    return new AppError('bad_request', 'The headers that name this host cannot be read.');
  if (Number(headers.get('content-length') ?? 0) > BODY_BYTES_MAX)
    return new AppError('payload_too_large', `A body may have at most ${BODY_BYTES_MAX} bytes.`);
  if (changes(method) && !isApi(path) && isCrossSite(headers))
    return new AppError('forbidden', 'This may only be sent from the product itself.');
  return null;
}

/** Whether a path is one of the routes that answer with documents. */
export function isApi(path: string): boolean {
  return /^\/+api(\/|$)/.test(path);
}

function changes(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

function isReadable(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0');
  } catch {
    return false;
  }
}
