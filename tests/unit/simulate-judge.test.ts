import { describe, expect, it } from 'vitest';
import type { Amount } from '@/lib/domain/money';
import type { TradingDate } from '@/lib/domain/trading-date';
import { createMarket, readRealCloses } from '@/lib/local/sandbox';
import { instrumentSchema } from '@/lib/local/sandbox/scenario';
import { judge } from '../simulate/judge';
import type { Observed, Play, PublishedDay, ShownHistory } from '../simulate/play';
import { createTruth } from '../simulate/truth';
import { generateWorld, sessionsOf, type World, type WorldAccount } from '../simulate/world';

const DAYS = 10;
const sessions = sessionsOf(DAYS);
const dates = sessions.map(({ date }) => date);
const [FIRST, SECOND, THIRD] = dates as [TradingDate, TradingDate, TradingDate];
const market = createMarket(
  ['SANDBOX-500', 'SANDBOX-OTHER'].map((symbol) => instrumentSchema.parse({ symbol })),
  readRealCloses(),
);

/** Cash that never moves, opened on the first evening. */
const flat = (parts: Partial<WorldAccount> = {}): WorldAccount => ({
  id: 'a',
  connection: 'one',
  category: 'INVESTMENT',
  openedOn: FIRST,
  fundedOn: FIRST,
  start: '10000.00',
  investedShare: 0,
  instrument: 'SANDBOX-500',
  listsMovements: true,
  movements: [],
  ...parts,
});

const worldOf = (parts: Partial<World> = {}): World => ({
  seed: 1,
  user: 0,
  connections: [{ id: 'one', linkedAt: 0, syncTime: null, historyFrom: null }],
  accounts: [flat()],
  errors: [],
  ...parts,
});

/** The same with a history beside what is read. */
const WITH_HISTORY = [{ id: 'one', linkedAt: 0, syncTime: null, historyFrom: 0 }];

const point = (date: TradingDate, value: string, more: object = {}): ShownHistory['points'][number] => ({
  date,
  value: value as Amount,
  kind: 'daily_eod',
  accountsExpected: 1,
  carried: [],
  ...more,
});

interface Parts {
  readonly world?: World;
  /** The value of each day that is not the true 10,000; null where there is no point. */
  readonly shown?: Readonly<Record<string, string | null>>;
  readonly twr?: string;
  readonly changed?: readonly PublishedDay[];
  readonly observed?: readonly Observed[];
  /** What changed on each evening, instead of `changed` on the third. */
  readonly evenings?: readonly (readonly PublishedDay[])[];
}

/** What is found in a play that is right but for these parts, as `fault date`. */
function findingsIn({
  world = worldOf(),
  shown = {},
  twr,
  changed = [],
  observed,
  evenings,
}: Parts): readonly string[] {
  const values = dates.map((date) => [date, shown[date] === undefined ? '10000' : shown[date]] as const);
  const play: Play = {
    sessions,
    worlds: [world],
    truth: createTruth(sessions, market),
    evenings: dates.map((_, evening) => ({
      changed: evenings === undefined ? (evening === 2 ? changed : []) : (evenings[evening] ?? []),
      requests: [],
    })),
    observed:
      observed ?? dates.map((date) => ({ account: 'a', date, total: '10000' as Amount, currency: 'USD' })),
    documents: new Map([
      [
        world,
        {
          points: values.flatMap(([date, value]) => (value === null ? [] : [point(date, value)])),
          gaps: [],
          summary: { twr: (twr ?? null) as Amount | null },
        },
      ],
    ]),
  };
  return judge(play).findings.map(({ what, date }) => `${what} ${date.slice(0, 10)}`);
}

const published = (value: string | null, more: Partial<PublishedDay> = {}): PublishedDay => ({
  user: 0,
  date: THIRD,
  value: value as Amount | null,
  kind: 'daily_eod',
  expected: 1,
  carried: 0,
  ...more,
});

describe('the judge of simulated worlds', () => {
  it('finds nothing where all that is shown is true', () => {
    expect(findingsIn({ changed: [published('10000')], twr: '0' })).toEqual([]);
  });

  it('calls a wrong value invented also when it is right again at the end', () => {
    expect(findingsIn({ changed: [published('100000')] })).toEqual([`invented ${THIRD}`]);
  });

  it('takes an estimated value, which says so, for no invention', () => {
    expect(findingsIn({ changed: [published('9000', { kind: 'estimated', carried: 1 })] })).toEqual([]);
  });

  it('calls the total of too few accounts invented', () => {
    const world = worldOf({ accounts: [flat(), flat({ id: 'b', start: '500.00' })] });
    const found = findingsIn({ world, changed: [published('10000')] });
    expect(found).toContain(`invented ${THIRD}`);
  });

  it('lets a first reading be wrong that nobody could know to be wrong, and none with a history beside it', () => {
    const errors = [{ what: 'hundredfold', account: 'a', at: 2, sessions: 1 } as const];
    const withHistory = worldOf({ errors, connections: WITH_HISTORY });
    expect(findingsIn({ world: worldOf({ errors }), changed: [published('1000000')] })).toEqual([]);
    expect(findingsIn({ world: withHistory, changed: [published('1000000')] })).toEqual([
      `invented ${THIRD}`,
    ]);
  });

  it('calls an observed day that is not shown lost, and not healed', () => {
    expect(findingsIn({ shown: { [SECOND]: null } })).toEqual([`lost ${SECOND}`, `not healed ${SECOND}`]);
  });

  it('calls a day not healed that the history has and the product never read, and nothing where nobody knows it', () => {
    const read = dates.filter((date) => date !== SECOND);
    const observed = read.map((date) => ({ account: 'a', date, total: '10000' as Amount, currency: 'USD' }));
    const offered = worldOf({ connections: WITH_HISTORY });
    expect(findingsIn({ world: offered, observed, shown: { [SECOND]: null } })).toEqual([
      `not healed ${SECOND}`,
    ]);
    expect(findingsIn({ observed, shown: { [SECOND]: null } })).toEqual([]);
  });

  it('calls a return false that is further than a hundredth of a point from the true one', () => {
    expect(findingsIn({ twr: '0.00009' })).toEqual([]);
    expect(findingsIn({ twr: '0.0002' })).toEqual([`false return ${FIRST}`]);
  });

  it('counts a day that changed twice as churn, and one that changed once not', () => {
    const estimate = published('9000', { kind: 'estimated', carried: 1 });
    const better = published('9500', { kind: 'estimated', carried: 1 });
    const known = published('10000', { kind: 'reconstructed' });
    expect(findingsIn({ evenings: [[], [], [estimate], [known], [known]] })).toEqual([]);
    expect(findingsIn({ evenings: [[], [], [estimate], [better], [known]] })).toEqual([`churn ${THIRD}`]);
  });

  it('takes an account that the broker has never listed for one that nobody could know', () => {
    const accounts = [flat(), flat({ id: 'b', start: '500.00' })];
    const leftOut = { what: 'left out', account: 'b', at: 0, sessions: 3 } as const;
    const world = worldOf({ accounts, errors: [leftOut] });
    const isInvented = (parts: Parts) => findingsIn(parts).includes(`invented ${THIRD}`);
    expect(isInvented({ world, evenings: [[], [], [published('10000')]] })).toBe(false);
    expect(isInvented({ world, evenings: [[], [], [], [published('10000', { expected: 2 })]] })).toBe(true);
  });

  it('lets a day be an estimate before an account was opened that tells nothing of its beginning', () => {
    const later = flat({ id: 'b', openedOn: THIRD, fundedOn: THIRD, start: '0.00', listsMovements: false });
    const estimate = { shown: { [SECOND]: null } };
    expect(findingsIn({ world: worldOf({ accounts: [flat(), later] }), ...estimate })).toEqual([]);
    const telling = { ...later, listsMovements: true };
    expect(findingsIn({ world: worldOf({ accounts: [flat(), telling] }), ...estimate })).toContain(
      `lost ${SECOND}`,
    );
  });
});

describe('a generated world', () => {
  it('is the same for a seed each time, and another for another user or seed', () => {
    expect(generateWorld(7, 3, 60)).toEqual(generateWorld(7, 3, 60));
    expect(generateWorld(7, 3, 60).accounts).not.toEqual(generateWorld(7, 4, 60).accounts);
    expect(generateWorld(7, 3, 60).accounts).not.toEqual(generateWorld(8, 3, 60).accounts);
  });
});
