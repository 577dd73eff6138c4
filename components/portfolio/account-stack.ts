import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryDocument } from '@/lib/history/document';

/** A layer of the stack: an account, or all small ones together. */
export interface StackLayer {
  readonly id: string;
  readonly name: string;
}

/** A day with what each layer was worth, in the order of the layers; null values where the day has no total. */
export interface StackDay {
  readonly date: TradingDate;
  readonly values: readonly number[] | null;
}

export interface AccountStack {
  readonly layers: readonly StackLayer[];
  readonly days: readonly StackDay[];
}

/** More layers than this cannot be told apart. */
const LAYERS_MAX = 6;
const OTHERS = 'others';

/**
 * The totals of a history as layers, largest account first. A day stands on what its total stands on: an account that is carried
 * has its earlier value, one that is left out none. Days without a total interrupt all layers.
 */
export function stackAccounts({
  points,
  gaps,
  accounts,
  split,
}: Pick<HistoryDocument, 'points' | 'gaps' | 'accounts' | 'split'>): AccountStack {
  const worth = new Map(
    accounts.map(({ id, last }) => [id, last === null ? 0 : Math.abs(Number(last.value))]),
  );
  const shown = accounts
    .filter(({ isShown }) => isShown)
    .toSorted((a, b) => (worth.get(b.id) ?? 0) - (worth.get(a.id) ?? 0));
  const own = shown.length > LAYERS_MAX ? shown.slice(0, LAYERS_MAX - 1) : shown;
  const rest = shown.slice(own.length);
  const groups = [
    ...own.map(({ id, name, institution }) => ({ id, name: `${name}, ${institution}`, members: [id] })),
    ...(rest.length === 0
      ? []
      : [{ id: OTHERS, name: `${rest.length} other accounts`, members: rest.map(({ id }) => id) }]),
  ];
  const series = new Map(
    split?.map(({ accountId, values }) => [
      accountId,
      new Map<TradingDate, number>(values.map(({ date, value }) => [date, Number(value)])),
    ]),
  );
  const known: StackDay[] = points.map(({ date, carried }) => {
    const from = new Map(carried.map((each) => [each.accountId, each.from]));
    const worthOf = (id: string) => series.get(id)?.get(from.get(id) ?? date) ?? 0;
    return { date, values: groups.map(({ members }) => members.reduce((sum, id) => sum + worthOf(id), 0)) };
  });
  const missing: StackDay[] = gaps.map(({ from }) => ({ date: from, values: null }));
  return {
    layers: groups.map(({ id, name }) => ({ id, name })),
    days: [...known, ...missing].toSorted((a, b) => (a.date < b.date ? -1 : 1)),
  };
}
