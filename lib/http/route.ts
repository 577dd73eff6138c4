import 'server-only';
import { unstable_rethrow } from 'next/navigation';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { log } from '@/lib/log';
import { askedHost } from './address';
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

const JSON_BYTES_MAX = 16_384;
/** How many faults of an input are named; one request may hold thousands. */
const FAULTS_MAX = 5;
const FAULT_LENGTH_MAX = 120;

/** Reads a small JSON body by a schema. Throws an `AppError` that says what is wrong with it. */
export async function readJsonBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\b/i.test(type))
    throw new AppError('unsupported_media_type', 'Send the body as application/json.');
  return checkInput(parseJson(await readTextBody(request, JSON_BYTES_MAX)), schema);
}

/**
 * The text of a body that a stranger may have sent: the one reader of bodies. It stops reading, and throws an `AppError`,
 * as soon as the body proves too large, so that none is ever held whole.
 */
export async function readTextBody(request: Request, bytesMax: number): Promise<string> {
  const tooLarge = () => new AppError('payload_too_large', `The body may have at most ${bytesMax} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge();
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes > bytesMax) {
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Text as JSON. Throws an `AppError` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('bad_request', 'The body is not JSON.', { cause });
  }
}

/** Checks input from outside by a schema. Throws an `AppError` that names the first few faults, each cut short. */
export function checkInput<T>(input: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, FAULTS_MAX)
    .map((issue) => shorten([issue.path.join('.'), issue.message].filter(Boolean).join(': ')));
  const more = parsed.error.issues.length - faults.length;
  throw new AppError('bad_request', [...faults, ...(more > 0 ? [`and ${more} more`] : [])].join('; '));
}

function shorten(text: string): string {
  return text.length <= FAULT_LENGTH_MAX ? text : `${text.slice(0, FAULT_LENGTH_MAX).toWellFormed()}…`;
}

/** The id at a place of the path, counted from its end by negative numbers; null when what stands there is no id. */
export function pathId(request: Request, place: number): string | null {
  return z.uuid().safeParse(new URL(request.url).pathname.split('/').at(place)).data ?? null;
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

/** Whether a browser says that another site's page started a request. */
export function isCrossSite(headers: Pick<Headers, 'get'>): boolean {
  const origin = headers.get('origin');
  return origin !== null && URL.parse(origin)?.host !== askedHost(headers)?.toLowerCase();
}
