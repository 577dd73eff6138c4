import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';

/** One caller's use of one limit. */
export interface LimitedRequest {
  readonly door: string;
  readonly subject: string;
  readonly max: number;
  readonly seconds: number;
}

function toArguments({ door, subject, max, seconds }: LimitedRequest) {
  return { p_door: door, p_subject: subject, p_max: max, p_seconds: seconds };
}

/** Counts a request against a caller's limit; returns the milliseconds to wait, 0 when it is within the limit. */
export function countRequest(
  client: SupabaseClient<Database>,
  request: LimitedRequest,
  now: Date,
): Promise<number> {
  const call = client.rpc('count_request', { ...toArguments(request), p_now: now.toISOString() });
  return readAnswer('count_request', call, z.number().int().nonnegative());
}

/** Releases a counted request, as if it had not been made. */
export async function releaseRequest(
  client: SupabaseClient<Database>,
  request: LimitedRequest,
): Promise<void> {
  await readAnswer('release_request', client.rpc('release_request', toArguments(request)), z.unknown());
}
