import type { ChartView } from '@/components/chart/chart-panel';
import { type DateRange, DEFAULT_PERIOD, isPeriod, type Period, readRange } from '@/lib/domain/period';
import { isMeasure, type Measure } from '@/lib/domain/states';

/** Everything about the portfolio page that survives a reload and can be shared. */
export interface PortfolioAddress {
  /** A named period, or the dates that somebody chose. */
  readonly span: Period | DateRange;
  /** The accounts that are shown, by id; empty for all of them. */
  readonly accounts: readonly string[];
  readonly measure: Measure;
  readonly isBenchmarkShown: boolean;
  readonly view: ChartView;
}

const BENCHMARK = 'sp500';
const ACCOUNT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads a page's query string; whatever it does not know shows the default. */
export function parseAddress(search: Pick<URLSearchParams, 'get'>): PortfolioAddress {
  const measure = search.get('show') ?? '';
  return {
    span: parseSpan(search),
    accounts: parseAccounts(search.get('accounts') ?? ''),
    measure: isMeasure(measure) ? measure : 'value',
    isBenchmarkShown: search.get('benchmark') === BENCHMARK,
    view: search.get('view') === 'table' ? 'table' : 'chart',
  };
}

function parseSpan(search: Pick<URLSearchParams, 'get'>): Period | DateRange {
  const period = search.get('period');
  if (period !== null && isPeriod(period)) return period;
  return readRange(search.get('from') ?? '', search.get('to') ?? '').range ?? DEFAULT_PERIOD;
}

/** In one order and each once, so that one selection has one address. A malformed id makes it no selection at all. */
function parseAccounts(text: string): readonly string[] {
  const ids = [...new Set(text.split(','))].sort();
  return ids.every((id) => ACCOUNT_ID.test(id)) ? ids : [];
}

/** The question of `GET /api/portfolio/history` behind an address. Addresses that differ in looks alone share it. */
export function writeHistorySearch({
  span,
  accounts,
  isBenchmarkShown,
}: Pick<PortfolioAddress, 'span' | 'accounts' | 'isBenchmarkShown'>): string {
  const parameters = typeof span === 'string' ? [`period=${span}`] : [`from=${span.from}`, `to=${span.to}`];
  // Ids are hexadecimal, so nothing needs to be escaped and a comma stays readable.
  if (accounts.length > 0) parameters.push(`accounts=${accounts.join(',')}`);
  if (isBenchmarkShown) parameters.push(`benchmark=${BENCHMARK}`);
  return parameters.join('&');
}

/** The page's query string for an address; defaults other than the period are left out. */
export function writeAddress(address: PortfolioAddress): string {
  const parameters = [writeHistorySearch(address)];
  if (address.measure !== 'value') parameters.push(`show=${address.measure}`);
  if (address.view !== 'chart') parameters.push(`view=${address.view}`);
  return parameters.join('&');
}

/** What a reader can choose from: their own accounts, and an index where one is offered. */
export interface PortfolioOffer {
  readonly accountIds: readonly string[];
  readonly isBenchmarkOffered: boolean;
}

/**
 * The address as far as it can be shown. A selection holds for the reader's own accounts: a stranger's id, or all of them, is
 * no selection. An index that is not offered is not compared with.
 */
export function keepOffered(
  address: PortfolioAddress,
  { accountIds, isBenchmarkOffered }: PortfolioOffer,
): PortfolioAddress {
  const { accounts, isBenchmarkShown } = address;
  const isSelection = accounts.length < accountIds.length && accounts.every((id) => accountIds.includes(id));
  return {
    ...address,
    accounts: isSelection ? accounts : [],
    isBenchmarkShown: isBenchmarkShown && isBenchmarkOffered,
  };
}
