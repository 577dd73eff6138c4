import { z } from 'zod';
import { fetchHistory } from '@/lib/backfill/fetch-history';
import { env } from '@/lib/env';
import { readJsonBody } from '@/lib/http/body';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

const body = z.strictObject({ lookback_days: z.number().int().min(1).max(365) });

/** Asks the broker for what the caller's own history lacks, while they wait. */
export const POST = route(async (request, requestId) => {
  requireSameOrigin(request);
  const { userId, client } = await requireCaller(request, env());
  const { lookback_days } = await readJsonBody(request, body);
  await enforceLimit('fill', userId);
  const fetched = await fetchHistory(env(), { id: userId, client }, lookback_days, new Date(), requestId);
  return Response.json(fetched, { headers: { 'cache-control': 'no-store' } });
});
