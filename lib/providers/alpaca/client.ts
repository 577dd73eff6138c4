import 'server-only';
import { trading } from '@alpacahq/alpaca-trade-api/rest';
import type { z } from 'zod';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import { ProviderError, type RequestGate } from '@/lib/providers/provider';
import { foldError } from './errors';
import {
  type AlpacaCredentials,
  accountSchema,
  activitiesSchema,
  calendarSchema,
  historySchema,
} from './schema';

export interface AlpacaClientOptions {
  /** Where the trading API is; Alpaca's host for live accounts when left out. No slash at the end. */
  readonly baseUrl?: string;
  /** The longest one request may take, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly gate: RequestGate;
}

/** Whether an operator tries things out with play money: accounts there are shown, and count for nothing. */
export function isPaperHost({ baseUrl }: Pick<AlpacaClientOptions, 'baseUrl'>): boolean {
  return baseUrl !== undefined && new URL(baseUrl).hostname.startsWith('paper-api.');
}

export type AlpacaClient = ReturnType<typeof createAlpacaClient>;

/** The most rows that Alpaca gives on one page of activities. */
export const ACTIVITIES_PER_PAGE = 100;

/** Alpaca's calls as we use them, with the credentials of one account: one request each, answers checked, every failure a `ProviderError`. */
export function createAlpacaClient(
  { baseUrl, timeoutMs, gate }: AlpacaClientOptions,
  credentials: AlpacaCredentials,
) {
  // Made without the SDK's facade, which retries by itself, past our gate, and looks for keys in the environment.
  const configuration = new trading.Configuration({
    ...('accessToken' in credentials
      ? { accessToken: credentials.accessToken }
      : { keyId: credentials.keyId, secret: credentials.secretKey }),
    // Left out, it would mean play money.
    paper: false,
    ...(baseUrl === undefined ? {} : { basePath: baseUrl }),
    timeoutMs,
    // The credentials are for this host alone.
    redirect: 'error',
  });
  const accounts = new trading.AccountsApi(configuration);
  const histories = new trading.PortfolioHistoryApi(configuration);
  const activities = new trading.AccountActivitiesApi(configuration);
  const calendars = new trading.CalendarApi(configuration);

  /** Passes the gate, sends one request, and checks the shape of the answer as it came over the wire. */
  async function ask<T>(operation: string, schema: z.ZodType<T>, send: Send): Promise<T> {
    await gate.pass();
    let body: unknown;
    try {
      const { raw } = await send({ cache: 'no-store' });
      body = await raw.json();
    } catch (error) {
      throw foldError(operation, error, timeoutMs);
    }
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')} (${issue.code})`);
    throw new ProviderError(
      'bad_data',
      `Alpaca's answer to ${operation} is not what we know: ${where.join(', ')}`,
    );
  }

  return {
    /** The account of the keys, read at the broker now. */
    getAccount: () => ask('getAccount', accountSchema, (init) => accounts.getAccountRaw(init)),

    /** One value for each session between two instants, as far as the account was there. */
    getHistory: (start: Instant, end: Instant) =>
      ask('getAccountPortfolioHistory', historySchema, (init) =>
        histories.getAccountPortfolioHistoryRaw(
          { timeframe: '1D', start: new Date(start), end: new Date(end), cashflowTypes: 'NONE' },
          init,
        ),
      ),

    /** The sessions of the exchange between two days. */
    getCalendar: (from: TradingDate, to: TradingDate) =>
      ask('legacyCalendar', calendarSchema, (init) =>
        calendars.legacyCalendarRaw({ start: new Date(from), end: new Date(to) }, init),
      ),

    /** One page of what was booked on the account, trades left out, oldest first by when it was created. */
    getActivities: (createdAfter: Instant, pageToken: string | null) =>
      ask('getAccountActivities', activitiesSchema, (init) =>
        activities.getAccountActivitiesRaw(
          {
            category: 'non_trade_activity',
            after: new Date(createdAfter),
            direction: 'asc',
            pageSize: ACTIVITIES_PER_PAGE,
            ...(pageToken === null ? {} : { pageToken }),
          },
          init,
        ),
      ),
  };
}

/** The SDK's own reading of an answer makes dates of text; we read what came. */
type Send = (init: RequestInit) => Promise<{ readonly raw: Response }>;
