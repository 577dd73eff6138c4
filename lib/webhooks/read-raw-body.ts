import { AppError } from '@/lib/errors';

/** An event of SnapTrade has about one kilobyte. */
const BODY_BYTES_MAX = 65_536;

/** The text of a body that a stranger may have sent. Stops reading, and throws an `AppError`, once it proves too large. */
export async function readRawBody(request: Request): Promise<string> {
  const reader = request.body?.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    bytes += part.value.byteLength;
    if (bytes > BODY_BYTES_MAX) {
      await reader?.cancel();
      throw new AppError('payload_too_large', `The body may have at most ${BODY_BYTES_MAX} bytes.`);
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks).toString('utf8');
}
