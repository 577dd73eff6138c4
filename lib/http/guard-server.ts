import 'server-only';
import { subscribe } from 'node:diagnostics_channel';
import { type IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '@/lib/errors';
import { SECURITY_HEADERS } from '@/lib/security-headers';
import { problemOf } from './problem';
import { BODY_BYTES_MAX, findFault } from './refuse-request';

/** What Node.js publishes when the head of a request has been read, before anybody is called. */
interface RequestStart {
  readonly server: Server;
  readonly response: ServerResponse;
}

/**
 * Stands in front of Next.js, which answers some requests before any code of ours runs: paths that cannot be decoded, odd
 * methods and asterisks with a plain 500, doubled slashes with a bare redirect. Whatever comes in passes here first, so
 * every answer has the security headers and what is malformed ends as a problem document. Where a platform has a server
 * of its own, `proxy.ts` does the same for all that reaches it.
 */
export function guardServers(): void {
  const guarded = new WeakSet<Server>();
  subscribe('http.server.request.start', (message) => {
    if (!isRequestStart(message)) return;
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) message.response.setHeader(name, value);
    if (guarded.has(message.server)) return;
    guarded.add(message.server);
    guard(message.server);
  });
}

/** Puts one listener before those of a server. It is called for the request that is about to be handed out, too. */
function guard(server: Server): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const fault = findFault(headOf(request));
    if (fault !== null) return refuse(response, fault);
    sayWhatIsWrong(response);
    boundBody(request, response);
    for (const listener of listeners) Reflect.apply(listener, server, [request, response]);
  });
  server.on('clientError', refuseUnreadable);
}

/** Statuses for what Node.js could not read as a request at all; anything else is malformed. */
const UNREADABLE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is no HTTP never becomes a request; its sender gets the same kind of answer, and the connection ends. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { headers, body } = problemOf(
    new AppError('bad_request', 'This is not a request that can be read.'),
    crypto.randomUUID(),
  );
  const fields = { ...SECURITY_HEADERS, ...headers, connection: 'close', 'content-length': body.length };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const status = UNREADABLE[error.code ?? ''] ?? '400 Bad Request';
  socket.end([`HTTP/1.1 ${status}`, ...lines, '', body].join('\r\n'));
}

function headOf({ method = '', url = '', headers }: IncomingMessage) {
  const get = (name: string): string | null => {
    const value = headers[name];
    return value === undefined ? null : String(value);
  };
  return { method, target: url, headers: { get } };
}

function refuse(response: ServerResponse, fault: AppError): void {
  const { status, headers, body } = problemOf(fault, crypto.randomUUID());
  response.writeHead(status, headers).end(body);
}

/**
 * Next.js reads a body to its end before any code of ours may look at it, and one without a length can be endless. So it is
 * counted as it comes in. One that proves too large is answered at once and what follows is thrown away, for a while: a
 * connection that ends while its sender still sends takes the answer with it.
 */
function boundBody(request: IncomingMessage, response: ServerResponse): void {
  const { push } = request;
  let bytes = 0;
  let isRefused = false;
  request.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk instanceof Uint8Array) bytes += chunk.byteLength;
    if (chunk === null || bytes <= BODY_BYTES_MAX) return Reflect.apply(push, request, [chunk, encoding]);
    if (!isRefused) answerTooLarge(response);
    isRefused = true;
    if (bytes <= DISCARDED_BYTES_MAX) return true;
    // Read no further, but leave the sender the time to take the answer.
    setTimeout(() => request.destroy(), GRACE_MS).unref();
    return false;
  };
}

const DISCARDED_BYTES_MAX = 8 * BODY_BYTES_MAX;
const GRACE_MS = 5_000;

function answerTooLarge(response: ServerResponse): void {
  if (response.headersSent) return;
  refuse(response, new AppError('payload_too_large', `A body may have at most ${BODY_BYTES_MAX} bytes.`));
  // Whoever reads what came of the body has nothing to answer any more.
  response.writeHead = () => response;
  response.setHeader = () => response;
  response.end = () => response;
}

/** Answers that Next.js gives without a word of its own, which become problem documents. */
const BARE: Readonly<Record<number, AppError>> = {
  400: new AppError('bad_request', 'This request cannot be read.'),
  405: new AppError('method_not_allowed', 'This method is not answered here.'),
  500: new AppError('internal', 'The fault was recorded; try again later.'),
};

function sayWhatIsWrong(response: ServerResponse): void {
  const { writeHead, end } = response;
  let document: string | null = null;
  // Compression asks for the head before it ends an answer, so that is where the type has to be known.
  response.writeHead = (...given: unknown[]): ServerResponse => {
    const error = BARE[Number(given[0])];
    if (error !== undefined && isBare(response)) {
      const { headers, body } = problemOf(error, crypto.randomUUID());
      document = body;
      response.removeHeader('content-length');
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    }
    return Reflect.apply(writeHead, response, given);
  };
  response.end = (...given: unknown[]): ServerResponse => {
    if (!response.headersSent) response.writeHead(response.statusCode);
    return Reflect.apply(end, response, document === null ? given : [document]);
  };
}

function isBare(response: ServerResponse): boolean {
  const type = response.getHeader('content-type');
  return type === undefined || type === 'text/plain';
}

function isRequestStart(message: unknown): message is RequestStart {
  return (
    typeof message === 'object' &&
    message !== null &&
    'server' in message &&
    message.server instanceof Server &&
    'response' in message &&
    message.response instanceof ServerResponse
  );
}
