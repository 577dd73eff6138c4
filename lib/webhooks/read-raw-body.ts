import { AppError } from '@/lib/errors';

/** An event of SnapTrade has about one kilobyte. */
const BODY_BYTES_MAX = 16_384;

/**
 * The text of a body that a stranger may have sent. Throws an `AppError` for one that says it is too large before reading any of
 * it, and stops reading once another proves to be.
 */
export async function readRawBody(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) throw tooLarge();
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes > BODY_BYTES_MAX) {
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): AppError {
  return new AppError('payload_too_large', `The body may have at most ${BODY_BYTES_MAX} bytes.`);
}
