import 'server-only';
import { AppError, type ErrorCode } from '@/lib/errors';

/** The one table from error code to HTTP status and title. */
const PROBLEMS: Record<ErrorCode, { readonly status: number; readonly title: string }> = {
  bad_request: { status: 400, title: 'The request is not understood' },
  unauthenticated: { status: 401, title: 'You are not signed in' },
  forbidden: { status: 403, title: 'You may not do this' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'This cannot be done here' },
  unsupported_media_type: { status: 415, title: 'The body is of another kind than expected' },
  session_changed: { status: 409, title: 'Somebody else is signed in now' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  too_many_requests: { status: 429, title: 'You have asked for this too often' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'This is not available right now' },
};

/** The longest detail that a caller is given, whatever they sent. */
const DETAIL_LENGTH_MAX = 600;

/** A problem document (RFC 9457) before it is an answer of one kind of server or another. */
export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The problem document for anything thrown; only an `AppError` tells its message. */
export function problemOf(error: unknown, requestId: string): Problem {
  const known =
    error instanceof AppError ? error : new AppError('internal', 'The fault was recorded; try again later.');
  const { status, title } = PROBLEMS[known.code];
  const detail = known.message.slice(0, DETAIL_LENGTH_MAX).toWellFormed();
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(known.retryAfterSeconds === null ? {} : { 'retry-after': String(known.retryAfterSeconds) }),
    },
    body: JSON.stringify({ type: 'about:blank', title, status, code: known.code, detail, requestId }),
  };
}
