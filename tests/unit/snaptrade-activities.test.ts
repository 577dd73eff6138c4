import { describe, expect, it } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { readAllActivities } from '@/lib/providers/snaptrade/activities';
import type { SnapTradeClient } from '@/lib/providers/snaptrade/client';
import type { SnapTradeActivity } from '@/lib/providers/snaptrade/schema';

const RANGE = { from: toDate('2026-11-02'), to: toDate('2026-11-20') };

/** Answers page after page as written down: how many rows it holds, and the total that it claims. */
function readPages(...pages: readonly { readonly rows: number; readonly total: number }[]) {
  const offsets: number[] = [];
  const client: Pick<SnapTradeClient, 'getActivities'> = {
    getActivities: async (_credentials, _accountId, _range, offset) => {
      const page = pages[offsets.length];
      if (page === undefined) throw new Error('asked for more pages than there are');
      offsets.push(offset);
      const data = Array.from({ length: page.rows }, (): SnapTradeActivity => ({}));
      return { available: true, value: { data, pagination: { total: page.total } } };
    },
  };
  const rows = readAllActivities(client, { userId: 'u', userSecret: 's' }, 'a', RANGE);
  return { rows, offsets };
}

describe('reading all pages of activities', () => {
  it('goes on until the total is reached, and asks no further', async () => {
    const { rows, offsets } = readPages({ rows: 1000, total: 1001 }, { rows: 1, total: 1001 });
    expect(await rows).toMatchObject({ available: true, value: { length: 1001 } });
    expect(offsets).toEqual([0, 1000]);
  });

  it('asks once for a list that is empty or fits one page exactly', async () => {
    for (const total of [0, 1000]) {
      const { rows, offsets } = readPages({ rows: total, total });
      expect(await rows).toMatchObject({ available: true, value: { length: total } });
      expect(offsets).toEqual([0]);
    }
  });

  it('starts over when the total changes between two pages', async () => {
    const { rows, offsets } = readPages(
      { rows: 1000, total: 1001 },
      { rows: 2, total: 1002 },
      { rows: 1000, total: 1002 },
      { rows: 2, total: 1002 },
    );
    expect(await rows).toMatchObject({ available: true, value: { length: 1002 } });
    expect(offsets).toEqual([0, 1000, 0, 1000]);
  });

  it.each([
    [
      'the total keeps changing',
      [
        { rows: 1, total: 2 },
        { rows: 1, total: 3 },
        { rows: 1, total: 3 },
        { rows: 1, total: 4 },
      ],
    ],
    [
      'pages stay empty before the end',
      [
        { rows: 0, total: 2 },
        { rows: 0, total: 2 },
      ],
    ],
    [
      'there are more rows than the total',
      [
        { rows: 3, total: 2 },
        { rows: 3, total: 2 },
      ],
    ],
  ])('gives up when %s, rather than to hand on a wrong list', async (_name, pages) => {
    await expect(readPages(...pages).rows).rejects.toMatchObject({ kind: 'bad_data' });
  });
});
