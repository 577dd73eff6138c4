import 'server-only';
import { z } from 'zod';
import { text } from '@/lib/db/rpc';
import { AppError } from '@/lib/errors';
import { checkInput, readTextBody } from '@/lib/http/body';
import type { SentFile } from './take';

/** Thrice what the most rows take. */
const FILE_BYTES_MAX = 512 * 1024;

const parameters = z.strictObject({
  name: text(200).default('Statement'),
  account: z.uuid('must be the id of an account').optional(),
  official: z.enum(['true', 'false']).default('false'),
});

/**
 * Reads a file of past values as it is sent: CSV as the body; in the query what it is called, the account of rows that name none,
 * and whether its values are official. Throws an `AppError`.
 */
export async function readSentFile(
  request: Request,
): Promise<Omit<SentFile, 'userId'> & { readonly name: string }> {
  const { searchParams } = new URL(request.url);
  const names = [...searchParams.keys()];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new AppError('bad_request', `${repeated}: is given more than once`);
  const { name, account, official } = checkInput(Object.fromEntries(searchParams), parameters);
  if (!/^text\/csv\b/i.test(request.headers.get('content-type') ?? ''))
    throw new AppError('unsupported_media_type', 'Send the file as text/csv.');
  return {
    name,
    accountId: account ?? null,
    isOfficial: official === 'true',
    text: await readTextBody(request, FILE_BYTES_MAX),
  };
}
