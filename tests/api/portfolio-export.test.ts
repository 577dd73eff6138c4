import { describe, expect, it } from 'vitest';
import type { HistoryDocument } from '@/lib/history/document';
import type { HistoryExport } from '@/lib/history/export';
import { ask, bearer, expectProblem, signIn } from '../support/api';
import { readCsv } from '../support/read-history';

const PATH = '/api/portfolio/export';

async function takeAlong(query: string, token: string) {
  const answer = await ask(`${PATH}?${query}`, { headers: bearer(token) });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('private, no-store');
  return answer;
}

async function readHistory(query: string, token: string): Promise<HistoryDocument> {
  const answer = await ask(`/api/portfolio/history?${query}`, { headers: bearer(token) });
  expect(answer.status).toBe(200);
  return (await answer.json()) as HistoryDocument;
}

describe('an export', () => {
  it.each(['period=1M', 'period=ALL', 'from=2026-03-02&to=2026-03-13'])(
    'as CSV is the history of the same question (%s)',
    async (query) => {
      const token = await signIn('broken');
      const { points, gaps, currency } = await readHistory(query, token);
      const answer = await takeAlong(`format=csv&${query}`, token);
      expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(answer.headers.get('content-disposition')).toMatch(
        /^attachment; filename="portfolio-[\d-]+-to-[\d-]+\.csv"$/,
      );
      const rows = readCsv(await answer.text());
      expect(rows.filter(({ row }) => row === 'value')).toMatchObject(
        points.map((point) => ({
          date: point.date,
          value: point.value,
          currency,
          kind: point.kind,
          source: point.source,
          as_of: point.asOf,
          accounts_present: String(point.accountsPresent),
          accounts_expected: String(point.accountsExpected),
          net_deposits: point.netDeposits ?? '',
          time_weighted_return: point.twr ?? '',
          drawdown: point.drawdown ?? '',
        })),
      );
      expect(rows.filter(({ row }) => row === 'gap')).toMatchObject(
        gaps.map((gap) => ({ date: gap.from, through: gap.to, gap_reason: gap.reason })),
      );
    },
  );

  it('as JSON says the same, and of which accounts', async () => {
    const token = await signIn('steady');
    const { points, accounts } = await readHistory('period=1W', token);
    const [one] = accounts;
    const whole = (await (await takeAlong('format=json&period=1W', token)).json()) as HistoryExport;
    expect(whole.rows.map(({ value }) => value)).toEqual(points.map(({ value }) => value));
    expect(whole.accounts).toHaveLength(accounts.length);

    const selection = `period=1W&accounts=${one?.id}`;
    const selected = (await (await takeAlong(`format=json&${selection}`, token)).json()) as HistoryExport;
    expect(selected.accounts).toEqual([{ name: one?.name, institution: one?.institution }]);
    expect(selected.rows.map(({ value }) => value)).toEqual(
      (await readHistory(selection, token)).points.map(({ value }) => value),
    );
  });

  it.each([
    { query: '', detail: /format/ },
    { query: 'format=pdf', detail: /format.*csv, json/ },
    { query: 'format=csv&format=json', detail: /format/ },
    { query: 'format=csv&period=2W', detail: /period/ },
    { query: 'format=csv&accounts=00000000-0000-4000-8000-000000000000', detail: /not an account of yours/ },
  ])('is refused with what is wrong ($query)', async ({ query, detail }) => {
    const answer = await ask(`${PATH}?${query}`, { headers: bearer(await signIn('steady')) });
    expect(await expectProblem(answer, 400)).toMatch(detail);
  });

  it('is for somebody who is signed in', async () => {
    await expectProblem(await ask(`${PATH}?format=csv`), 401);
  });

  it('of another user’s account is refused', async () => {
    const { accounts } = await readHistory('period=1W', await signIn('broken'));
    const answer = await ask(`${PATH}?format=csv&accounts=${accounts[0]?.id}`, {
      headers: bearer(await signIn('steady')),
    });
    expect(await expectProblem(answer, 400)).toMatch(/not an account of yours/);
  });
});
