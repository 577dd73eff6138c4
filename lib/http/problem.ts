import 'server-only';
import { unstable_rethrow } from 'next/navigation';
import { AppError, type ErrorCode } from '@/lib/errors';
import { log } from '@/lib/log';

/** The one table from error code to HTTP status and title. */
const PROBLEMS: Record<ErrorCode, { readonly status: number; readonly title: string }> = {
  bad_request: { status: 400, title: 'The request is not understood' },
  unauthenticated: { status: 401, title: 'You are not signed in' },
  forbidden: { status: 403, title: 'You may not do this' },
  not_found: { status: 404, title: 'There is no such thing' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  session_changed: { status: 409, title: 'Somebody else is signed in now' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  too_many_requests: { status: 429, title: 'You have asked for this too often' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'This is not available right now' },
};

/** An `application/problem+json` answer (RFC 9457) for anything thrown; only an `AppError` tells its message. */
export function problemResponse(error: unknown, requestId: string): Response {
  const known =
    error instanceof AppError ? error : new AppError('internal', 'The fault was recorded; try again later.');
  const { status, title } = PROBLEMS[known.code];
  if (status >= 500) {
    const cause =
      error instanceof Error
        ? { message: error.message, cause: String(error.cause ?? '') }
        : { message: String(error) };
    log('error', 'request_failed', { requestId, code: known.code, ...cause });
  }
  return Response.json(
    { type: 'about:blank', title, status, code: known.code, detail: known.message, requestId },
    {
      status,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
        ...(known.retryAfterSeconds === null ? {} : { 'retry-after': String(known.retryAfterSeconds) }),
      },
    },
  );
}

type Handler = (request: Request, requestId: string) => Promise<Response>;

/** Wraps a route so that whatever it throws becomes a problem document, and every answer carries its request id. */
export function route(handle: Handler): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = crypto.randomUUID();
    let response: Response;
    try {
      response = await handle(request, requestId);
    } catch (error) {
      unstable_rethrow(error);
      response = problemResponse(error, requestId);
    }
    response.headers.set('x-request-id', requestId);
    return response;
  };
}
