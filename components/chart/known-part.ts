import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { Measure } from '@/lib/domain/states';
import type { HistoryDocument } from '@/lib/history/document';
import type { GapBand, KnownPartPoint } from './data-points';

/**
 * The values of the known accounts on days that wait for a reconnect, in connected runs: a part of the portfolio, never a total.
 * A run ends where other accounts are missing, since a step between two different parts would look like a loss.
 */
export function findKnownPart(
  { split, accounts }: Pick<HistoryDocument, 'split' | 'accounts'>,
  bands: readonly GapBand[],
  measure: Measure,
): readonly (readonly KnownPartPoint[])[] {
  if (split === null || measure !== 'value') return [];
  const values = new Map(
    split.map(({ accountId, values: days }) => [
      accountId,
      new Map(days.map(({ date, value }) => [date, Number(value)])),
    ]),
  );
  const shown = accounts.filter(({ isShown }) => isShown);
  const runs: KnownPartPoint[][] = [];
  for (const { gap, from, to } of bands) {
    if (gap.reason !== 'connection_broken') continue;
    const sessions = tradingSessions(gap.from, gap.to);
    if (sessions.length !== to - from + 1) continue;
    sessions.forEach(({ date }, at) => {
      const open = shown.filter(({ closedOn }) => closedOn === null || date < closedOn);
      const known = open.flatMap(({ id }) => values.get(id)?.get(date) ?? []);
      const without = open.filter(({ id }) => values.get(id)?.has(date) !== true).map(({ name }) => name);
      if (known.length === 0 || without.length === 0) return;
      const point = { index: from + at, date, without, value: known.reduce((sum, value) => sum + value, 0) };
      const last = runs.at(-1)?.at(-1);
      if (last?.index === point.index - 1 && last.without.join() === without.join()) runs.at(-1)?.push(point);
      else runs.push([point]);
    });
  }
  return runs;
}
