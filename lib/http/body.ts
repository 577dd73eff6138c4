import 'server-only';
import type { z } from 'zod';
import { AppError } from '@/lib/errors';

const BODY_BYTES_MAX = 16_384;

/** Reads a small JSON body by a schema. Throws an `AppError` that says what is wrong with it. */
export async function readJsonBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\b/i.test(type))
    throw new AppError('unsupported_media_type', 'Send the body as application/json.');
  const text = await request.text();
  if (Buffer.byteLength(text) > BODY_BYTES_MAX)
    throw new AppError('payload_too_large', `The body may have at most ${BODY_BYTES_MAX} bytes.`);
  return checkInput(parseJson(text), schema);
}

/** Checks input from outside by a schema. Throws an `AppError` that names each fault. */
export function checkInput<T>(input: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) =>
    [issue.path.join('.'), issue.message].filter(Boolean).join(': '),
  );
  throw new AppError('bad_request', faults.join('; '));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('bad_request', 'The body is not JSON.', { cause });
  }
}
