import { estimateDays, type HoldingsChange, type PriceBook, type Split } from '@/lib/domain/estimate';
import type { Amount, Currency } from '@/lib/domain/money';
import { addDays, daysBetween, type TradingDate } from '@/lib/domain/trading-date';
import type { Log } from '@/lib/log';
import type { MarketPrices, PriceSource } from '@/lib/providers/price-source';
import { type DateRange, ProviderError } from '@/lib/providers/provider';
import type { AnchorDocument, EstimateCaseDocument, PriceExcerpt } from './document';
import type { AccountEstimate, PriceQuery } from './store';

/** What estimates are drawn with: the database's part, and a source of prices where one is configured. */
export interface EstimateDependencies {
  readonly due: (limit: number, now: Date) => Promise<readonly string[]>;
  readonly readCase: (lineId: string, now: Date) => Promise<EstimateCaseDocument | null>;
  readonly readPrices: (query: PriceQuery) => Promise<PriceExcerpt>;
  readonly recordPrices: (
    asked: DateRange & { readonly symbols: readonly string[]; readonly source: string },
    prices: MarketPrices,
    now: Date,
  ) => Promise<void>;
  readonly record: (
    about: { readonly lineId: string; readonly version: string },
    estimates: readonly AccountEstimate[],
    now: Date,
  ) => Promise<number | null>;
  readonly source: PriceSource | null;
  readonly clock: () => Date;
  /** No account is begun after this instant. */
  readonly stopAt: Date;
  readonly log: Log;
}

/** How many accounts are worked out before it is looked anew whose turn it is. */
const ACCOUNTS_PER_SET = 20;

/**
 * Works out the estimates that are due, set by set until none are left or time is over; returns how many published days changed. Can run
 * any number of times and at once. A fault with one account stops no other.
 */
export async function drawEstimates(dependencies: EstimateDependencies): Promise<number> {
  const { due, clock, stopAt, log } = dependencies;
  /** Those that could not be worked out now are still due, and stand in nobody's way. */
  const leftOver = new Set<string>();
  let changed = 0;
  for (;;) {
    const set = (await due(ACCOUNTS_PER_SET + leftOver.size, clock())).filter(
      (lineId) => !leftOver.has(lineId),
    );
    if (set.length === 0) return changed;
    for (const lineId of set) {
      if (clock() >= stopAt) return changed;
      try {
        const days = await drawAccount(lineId, dependencies);
        if (days === null) leftOver.add(lineId);
        else changed += days;
      } catch (error) {
        leftOver.add(lineId);
        log('warn', 'estimates_not_drawn', {
          lineId,
          message: error instanceof Error ? error.message : String(error),
        });
      }
    }
  }
}

async function drawAccount(lineId: string, dependencies: EstimateDependencies): Promise<number | null> {
  const { readCase, record, clock } = dependencies;
  const found = await readCase(lineId, clock());
  if (found === null) return null;
  const { version, currency, anchors } = found;
  const book = currency === null ? null : await readPriceBook({ ...found, currency }, dependencies);
  const estimates = book === null ? [] : anchors.flatMap((anchor) => estimatesFrom(anchor, currency, book));
  return record({ lineId, version }, estimates, clock());
}

/** Closes are carried from as far before the first day. */
const PRICES_BEFORE_DAYS = 20;

/** All prices of what an account held; null where there is nothing to work out. */
async function readPriceBook(
  { userId, currency, anchors }: EstimateCaseDocument & { readonly currency: Currency },
  { readPrices, recordPrices, source, clock, log }: EstimateDependencies,
): Promise<PriceBook | null> {
  const [from] = anchors.flatMap(({ wanted }) => wanted).toSorted();
  const to = anchors
    .map(({ date }) => date)
    .toSorted()
    .at(-1);
  if (from === undefined || to === undefined) return null;
  const symbols = [
    ...new Set(
      anchors.flatMap(({ positions, changes }) => [
        ...positions.map(({ symbol }) => symbol),
        ...(changes ?? []).flatMap(([, symbol]) => symbol ?? []),
      ]),
    ),
  ].toSorted();
  const query = { userId, symbols, currency, from: addDays(from, -PRICES_BEFORE_DAYS), to };
  const known = await readPrices(query);
  const isAsked = source !== null && currency === MARKET_CURRENCY && known.unread.length > 0;
  if (!isAsked) return toPriceBook(known);
  const asked = { symbols: known.unread, from: query.from, to, source: source.id };
  try {
    await recordPrices(asked, await source.pricesOf(known.unread, query), clock());
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    log('warn', 'prices_not_answered', { errorKind: error.kind });
    return toPriceBook(known);
  }
  return toPriceBook(await readPrices(query));
}

/** The one currency in which a market-data source gives prices. */
const MARKET_CURRENCY = 'USD';

function toPriceBook({ closes, splits }: PriceExcerpt): PriceBook {
  const bySymbol = new Map<string, Map<TradingDate, Amount>>();
  for (const [symbol, date, close] of closes) {
    const known = bySymbol.get(symbol) ?? new Map<TradingDate, Amount>();
    bySymbol.set(symbol, known.set(date, close));
  }
  return { closes: bySymbol, splits: splits.map(([symbol, date, ratio]) => ({ symbol, date, ratio })) };
}

/** The estimates of the days that are wanted before a close. */
function estimatesFrom(
  { accountId, wanted, changes, since, positions, ...anchor }: AnchorDocument,
  currency: Currency | null,
  prices: PriceBook,
): readonly AccountEstimate[] {
  const [from] = wanted;
  if (from === undefined) return [];
  const known = changes === null ? { changes, since } : knownChanges(changes, since, currency, prices.splits);
  const isWanted = new Set(wanted);
  return estimateDays({ anchor: { ...anchor, positions }, ...known, prices }, from)
    .filter(({ date }) => isWanted.has(date))
    .map((estimate) => ({ ...estimate, accountId }));
}

/**
 * The changes that are known, and since when all of them are: before one of which nobody knows what it changed, nothing is known. Neither
 * is it before a split that a broker reports and the prices do not.
 */
function knownChanges(
  rows: NonNullable<AnchorDocument['changes']>,
  since: TradingDate,
  currency: Currency | null,
  splits: readonly Split[],
): { readonly changes: readonly HoldingsChange[]; readonly since: TradingDate } {
  let knownSince = since;
  const changes: HoldingsChange[] = [];
  for (const [date, symbol, units, cash, paidIn] of rows) {
    const isSplit = symbol !== null && units === null;
    const isKnown =
      cash !== null &&
      (paidIn === null || paidIn === currency) &&
      (!isSplit || splits.some((split) => split.symbol === symbol && isSameSplit(split.date, date)));
    if (!isKnown) {
      if (date > knownSince) knownSince = date;
      continue;
    }
    changes.push({ date, symbol: isSplit ? null : symbol, units: units ?? ZERO, cash });
  }
  return { changes, since: knownSince };
}

const ZERO = '0' as Amount;

/** Brokers book a split some days around the day from which on it is traded. */
const SPLIT_BOOKED_WITHIN_DAYS = 7;

function isSameSplit(date: TradingDate, booked: TradingDate): boolean {
  return Math.abs(daysBetween(date, booked)) <= SPLIT_BOOKED_WITHIN_DAYS;
}
