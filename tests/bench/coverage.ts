import type { CoverageFilter } from '@/lib/coverage/document';
import {
  readCoverageGaps,
  readCoverageGrid,
  readCoverageTrend,
  readInstitutionFailures,
} from '@/lib/coverage/store';
import { addDays, type TradingDate, toDate } from '@/lib/domain/trading-date';
import type { BenchOptions } from './bench-options';
import { type BenchStack, startBenchStack } from './bench-stack';
import { type Contender, measureInTurn } from './measure';
import { inSeconds, inThousands, say, sayMachine, sayRatios } from './report';
import { buildTickData, COVERED } from './tick-data';

const ROUNDS = 30;
const ROWS = 50;
const DUE = toDate(COVERED.to);
const REACH = toDate(COVERED.from);
const EVERYBODY: CoverageFilter = { reason: null, provider: null, institution: null, search: null };

const SPANS = [
  { name: '30 days', from: addDays(DUE, -29) },
  { name: 'a year', from: REACH },
] as const;

/** How long operators wait for the grid of many users, and for the figures above it. */
export async function benchCoverage({ users }: BenchOptions): Promise<void> {
  const stack = await startBenchStack();
  try {
    await sayMachine(stack.sql);
    const startedAt = performance.now();
    await buildTickData(stack.sql, users);
    // Bulk writing passes the triggers by.
    await stack.sql`select recount_coverage(null)`;
    await stack.sql`vacuum analyze coverage_years`;
    const built = inSeconds(performance.now() - startedAt);
    say(`${inThousands(users)} users with a year of trading days, built in ${built}`);
    for (const { name, from } of SPANS) await measureGrid(stack, name, from);
    await measureFigures(stack);
  } finally {
    await stack.close();
  }
}

/** First rows, the next page from the middle, and what changes with a filter. */
async function measureGrid(stack: BenchStack, span: string, from: TradingDate): Promise<void> {
  const read = (parts: Partial<Parameters<typeof readCoverageGrid>[1]>) => async () => {
    await readCoverageGrid(stack.client, {
      ...{ from, to: DUE, due: DUE, reach: REACH, limit: ROWS },
      ...{ filter: EVERYBODY, sort: 'worst', after: null, ...parts },
    });
  };
  const middle = '88888888-8888-4888-8888-888888888888';
  const measured = await measureInTurn(
    [
      floorOf(stack),
      { name: 'worst first', run: read({}) },
      { name: 'its next page', run: read({ after: { missing: 0, estimated: 0, userId: middle } }) },
      { name: 'by e-mail', run: read({ sort: 'email' }) },
      { name: 'its next page', run: read({ sort: 'email', after: { email: '8', userId: middle } }) },
      {
        name: 'filter: a brokerage',
        run: read({ filter: { ...EVERYBODY, institution: 'Bench Brokerage' } }),
      },
      { name: 'filter: a reason', run: read({ filter: { ...EVERYBODY, reason: 'provider_had_nothing' } }) },
      { name: 'search', run: read({ filter: { ...EVERYBODY, search: 'abc' } }) },
    ],
    ROUNDS,
    3,
  );
  say(`\na page of ${ROWS} users by the trading days of ${span}, ${ROUNDS} times each`);
  sayRatios(measured);
}

async function measureFigures(stack: BenchStack): Promise<void> {
  const [month, year] = SPANS;
  const gaps = (from: TradingDate) => () => readCoverageGaps(stack.client, { from, to: DUE, reach: REACH });
  const measured = await measureInTurn(
    [
      floorOf(stack),
      { name: 'trend of 90 days', run: () => readCoverageTrend(stack.client, addDays(DUE, -89), DUE) },
      { name: 'open gaps of 30 days', run: gaps(month.from) },
      { name: 'open gaps of a year', run: gaps(year.from) },
      { name: 'incidents', run: () => readInstitutionFailures(stack.client, DUE, REACH) },
    ],
    ROUNDS,
    3,
  );
  say(`\nthe figures above the grid, ${ROUNDS} times each`);
  sayRatios(measured);
}

function floorOf(stack: BenchStack): Contender {
  return { name: 'nothing (floor)', run: () => stack.callNothing() };
}
