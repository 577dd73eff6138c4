import 'server-only';
import { serviceClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { log, logWith } from '@/lib/log';
import { createAlpacaPrices } from '@/lib/providers/alpaca/prices';
import { marketDataOptions } from '@/lib/providers/alpaca/wiring';
import { drawEstimates } from './draw';
import { readDueEstimates, readEstimateCase, readPrices, recordEstimates, recordPrices } from './store';

/** No further account is begun after this long, so that the time of the answer that allowed them is not used up. */
const AFTER_ALLOWING_MS = 20_000;

/** Works out the first estimates of a user for whom they were just allowed, as far as everything for them is known by now. */
export function drawFirstEstimates(env: Env, requestId: string, userId: string): Promise<void> {
  return drawDueEstimates(env, { requestId, userId, stopAt: new Date(Date.now() + AFTER_ALLOWING_MS) });
}

/** Works out the estimates that are due, of everybody or of one user, until an instant. Never throws: the next tick goes on. */
export async function drawDueEstimates(
  env: Env,
  { requestId, userId, stopAt }: { requestId: string; userId: string | null; stopAt: Date },
): Promise<void> {
  const client = serviceClient(env, requestId);
  const market = marketDataOptions(env);
  const own = logWith(log, { requestId });
  try {
    const days = await drawEstimates({
      due: (limit, now) => readDueEstimates(client, { userId, limit }, now),
      readCase: (lineId, now) => readEstimateCase(client, lineId, now),
      readPrices: (query) => readPrices(client, query),
      recordPrices: (asked, prices, now) => recordPrices(client, asked, prices, now),
      record: (about, estimates, now) => recordEstimates(client, about, estimates, now),
      source: market === null ? null : createAlpacaPrices(market),
      clock: () => new Date(),
      stopAt,
      log: own,
    });
    if (days > 0) own('info', 'estimates_drawn', { days });
  } catch (error) {
    own('warn', 'estimates_not_drawn', { message: error instanceof Error ? error.message : String(error) });
  }
}
