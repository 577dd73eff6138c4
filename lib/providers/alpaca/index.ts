import 'server-only';
import { exchangeInstant } from '@/lib/domain/nyse-calendar';
import { addDays, toInstant } from '@/lib/domain/trading-date';
import type { ConnectionLink, PortfolioProvider } from '@/lib/providers/provider';
import { type AlpacaClient, type AlpacaClientOptions, createAlpacaClient, isPaperHost } from './client';
import { readActivities, toMovements } from './movements';
import { startOfHistory, toProviderAccount, toValueHistory } from './transform';
import { readCredentials } from './wiring';

export interface AlpacaProviderOptions extends AlpacaClientOptions {
  readonly clock: () => Date;
}

/**
 * Alpaca behind the provider port. A connection is one account, opened by the keys of the credentials document,
 * `{ keyId, secretKey }`, or by its token, `{ accessToken }`; its own id is ours. Keys and tokens that were revoked are refused at
 * every question.
 */
export function createAlpacaProvider(options: AlpacaProviderOptions): PortfolioProvider {
  const clientOf = ({ credentials }: ConnectionLink): AlpacaClient =>
    createAlpacaClient(options, readCredentials(credentials));

  return {
    id: 'alpaca',
    // Its record goes back to the opening of the account, and one answer holds all of it. What is known is concluded anew in each fill,
    // so it is read as far as the longest of the named periods: five years, leap days included.
    lookBackDays: 5 * 366,
    // Whoever is answered is let in.
    tellsHealth: true,

    async currentValues(link) {
      // Before the question: the broker is read at some moment after it.
      const readAt = toInstant(options.clock());
      const account = await clientOf(link).getAccount();
      return {
        accounts: [toProviderAccount(account, { readAt, isPaperHost: isPaperHost(options) })],
        health: WORKS,
      };
    },

    async connectionHealth(link) {
      await clientOf(link).getAccount();
      return WORKS;
    },

    // Every reading is a reading of the broker.
    requestRefresh: async () => ({ available: false, reason: 'not_supported' }),

    async valueHistory(link, _account, range) {
      const client = clientOf(link);
      // The history does not say in which currency it is, nor since when there is an account.
      const account = await client.getAccount();
      const now = toInstant(options.clock());
      const start = startOfHistory(account, range);
      const [end = now] = [exchangeInstant(addDays(range.to, 1), '00:00'), now].sort();
      const history = start < end ? await client.getHistory(start, end) : NO_HISTORY;
      const frame = { range, currency: account.currency ?? null, now };
      return { available: true, value: toValueHistory(history, frame) };
    },

    async cashFlows(link, _account, range) {
      const rows = toMovements(await readActivities(clientOf(link), range), range);
      return { available: true, value: { isComplete: true, rows } };
    },
  };
}

const WORKS = { broken: false, brokenSince: null, freshness: 'realtime' } as const;

const NO_HISTORY = { timestamp: [], equity: [] };
