import 'server-only';
import { unstable_rethrow } from 'next/navigation';
import { AppError } from '@/lib/errors';
import { log } from '@/lib/log';
import { problemOf } from './problem-document';

/** A client that went away gets no answer; this status is what the log of a reverse proxy shows for it. */
const CLIENT_CLOSED = 499;

/** An `application/problem+json` answer for anything thrown; what is a fault of ours is logged. */
export function problemResponse(error: unknown, requestId: string): Response {
  const { status, headers, body } = problemOf(error, requestId);
  if (status >= 500) {
    const code = error instanceof AppError ? error.code : 'internal';
    const cause =
      error instanceof Error
        ? { message: error.message, cause: String(error.cause ?? '') }
        : { message: String(error) };
    log('error', 'request_failed', { requestId, code, ...cause });
  }
  return new Response(body, { status, headers });
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
      // Whatever failed while nobody waited any more, such as reading the rest of a body, is no fault of ours.
      response = request.signal.aborted
        ? new Response(null, { status: CLIENT_CLOSED })
        : problemResponse(error, requestId);
    }
    response.headers.set('x-request-id', requestId);
    return response;
  };
}
