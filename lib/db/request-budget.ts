import 'server-only';
import { z } from 'zod';
import type { ProviderId } from '@/lib/providers/provider';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';

const granted = z.object({ granted: z.number().int(), waitMs: z.number() });

/** Who a request is for. Each share has a part of the budget that the others cannot take while it is wanted. */
export type RequestShare = 'people' | 'evening' | 'backfill';

/** Asks the budget that all processes share for requests; `waitMs` says when to ask again if none were granted. */
export function takeRequests(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  count: number,
  perMinute: number,
  share: RequestShare,
): Promise<z.infer<typeof granted>> {
  const call = client.rpc('take_requests', {
    p_provider: provider,
    p_count: count,
    p_per_minute: perMinute,
    p_share: share,
  });
  return readAnswer('take_requests', call, granted);
}

/** Stops everybody's requests to a provider for as long as it asked. */
export async function pauseRequests(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  waitMs: number,
): Promise<void> {
  await readAnswer(
    'pause_requests',
    client.rpc('pause_requests', { p_provider: provider, p_wait_ms: waitMs }),
    z.unknown(),
  );
}
