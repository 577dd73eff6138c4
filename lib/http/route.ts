import 'server-only';
import { unstable_rethrow } from 'next/navigation';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { log } from '@/lib/log';
import { isCrossSite } from './address';
import { problemOf } from './problem';

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

/** The id at a place of the path, counted from its end by negative numbers; null when what stands there is no id. */
export function pathId(request: Request, place: number): string | null {
  return z.uuid().safeParse(new URL(request.url).pathname.split('/').at(place)).data ?? null;
}

/** The number of a row at a place of the path, counted likewise; null when what stands there is none. */
export function pathNumber(request: Request, place: number): number | null {
  const id = Number(new URL(request.url).pathname.split('/').at(place));
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

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
