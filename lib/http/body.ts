import 'server-only';
import type { z } from 'zod';
import { AppError } from '@/lib/errors';

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
