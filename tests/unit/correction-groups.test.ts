import { expect, test } from 'vitest';
import { groupCorrections } from '@/components/portfolio/correction-groups';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import type { Correction } from '@/lib/history/document';
import { amountOf } from '../support/chart-history';

function correction(id: number, changedAt: string, reason: Correction['reason']): Correction {
  return {
    id,
    date: toDate(`2026-11-${10 + id}`),
    oldValue: amountOf('1'),
    oldKind: 'daily_eod',
    newValue: amountOf('2'),
    newKind: 'daily_eod',
    reason,
    changedAt: toInstant(changedAt),
  };
}

test('what one event changed is one group, and everything is in one', () => {
  const joined = [3, 2, 1].map((id) => correction(id, '2026-11-20T15:00:00Z', 'confirmed as one account'));
  const other = correction(4, '2026-11-20T15:00:00Z', 'restated');
  const earlier = correction(5, '2026-11-19T15:00:00Z', 'confirmed as one account');
  const groups = groupCorrections([...joined, other, earlier]);
  expect(groups.map((group) => group.map(({ id }) => id))).toEqual([[3, 2, 1], [4], [5]]);
});
