import { drawEstimates } from '@/lib/estimates/draw';
import {
  readDueEstimates,
  readEstimateCase,
  readPrices,
  recordEstimates,
  recordPrices,
} from '@/lib/estimates/store';
import type { PriceSource } from '@/lib/providers/price-source';
import type { TestStack } from './test-stack';

/** Draws the estimates that are due at an instant, as a tick does; returns how many days changed. Whatever goes wrong is thrown. */
export function drawAt(
  { admin: client }: TestStack,
  source: PriceSource | null,
  at: string,
  userId: string | null = null,
): Promise<number> {
  return drawEstimates({
    due: (limit, now) => readDueEstimates(client, { userId, limit }, now),
    readCase: (lineId, now) => readEstimateCase(client, lineId, now),
    readPrices: (query) => readPrices(client, query),
    recordPrices: (about, prices, now) => recordPrices(client, about, prices, now),
    record: (about, estimates, now) => recordEstimates(client, about, estimates, now),
    source,
    clock: () => new Date(at),
    stopAt: new Date(Date.parse(at) + 60_000),
    log: (level, event, fields) => {
      throw new Error(`${level} ${event} ${JSON.stringify(fields)}`);
    },
  });
}
