import { type Amount, Exact } from '@/lib/domain/money';
import { type TradingSession, tradingSessions } from '@/lib/domain/nyse-calendar';
import { SESSIONS_OF_A_FACT } from '@/lib/domain/reconcile/evidence';
import { linkReturns, type ReturnFlow, timeWeightedReturn } from '@/lib/domain/returns';
import { READS_A_DAY_MAX } from '@/lib/domain/schedule';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import type { LoggedRequest } from '@/lib/local/sandbox/state';
import { REACH_DAYS, wrongPastDate } from './broker';
import { isInForce, WRONG_TOTALS } from './errors';
import type { Play, PublishedDay, ShownHistory } from './play';
import { accountsOn, connectionOf, distance, possibleSets } from './truth';
import { QUIET_TICKS, type World, type WorldAccount } from './world';

/**
 * What can be wrong with a published line, each counted once for a user and day (`false return` once for a user, `requests` once for
 * a connection or account, question and evening).
 *
 * - `invented`: on some evening a value was published as captured or reconstructed that is not true of the accounts of which it
 *   says that it is the total, unless nobody could know better then (`isOpenDoubt`) or it is too small to matter (`isTooSmall`).
 * - `lost`: at the end a day has no captured or reconstructed point with its true value, although the true value of each of its
 *   accounts was reported to the product on some evening.
 * - `not healed`: at the end, after three quiet ticks, a day is shown with a value that is not true and does not say so; or is no
 *   true point although the broker has been offering the true past of each of its missing accounts during those ticks.
 * - `false return`: at the end the time-weighted return of all time is shown, and is further than 0.01 points from the return on
 *   the true values of the same days and the true movements between them.
 * - `churn`: a published day changed more than once, seen from evening to evening.
 * - `requests`: one question about one connection or account was asked more than four times on one evening, or the provider
 *   refused a request for being beyond the limit of all.
 */
export const FAULTS = ['invented', 'lost', 'false return', 'not healed', 'churn', 'requests'] as const;
export type FaultName = (typeof FAULTS)[number];

export interface Finding {
  readonly what: FaultName;
  readonly world: World;
  readonly date: string;
  readonly published: string;
  readonly truth: string;
  /** What of the world may have to do with it. */
  readonly note: string;
}

export interface Judgement {
  readonly worlds: number;
  readonly sessions: number;
  readonly accountDays: number;
  readonly findings: readonly Finding[];
}

export const RETURN_POINTS_MAX = 0.01;
/** Below both of these a difference is never held (reconcile.md, principle 3). */
export const TOO_SMALL = { amount: 25, share: 0.005 };

export function judge(play: Play): Judgement {
  const { worlds, sessions } = play;
  return {
    worlds: worlds.length,
    sessions: worlds.length * sessions.length,
    accountDays: worlds
      .flatMap((world) =>
        world.accounts.map((account) => sessions.length - connectionOf(world, account).linkedAt),
      )
      .reduce((sum, days) => sum + days, 0),
    findings: [
      ...findInvented(play),
      ...worlds.flatMap((world) => findMissing(play, world)),
      ...worlds.flatMap((world) => findFalseReturn(play, world)),
      ...findChurn(play),
      ...findRequests(play),
    ],
  };
}

interface Shown {
  readonly date: TradingDate;
  readonly value: Amount;
  readonly expected: number;
}

/** The accounts of which a published value is the true total, among those that it may be the total of; null when there are none. */
function trueOf({ truth }: Play, world: World, { date, value, expected }: Shown, evening: number) {
  const set = possibleSets(world, evening).find((accounts) => {
    const { existing, worth, total } = accountsOn(truth, accounts, date);
    const isCount = worth.length <= expected && expected <= Math.max(1, existing.length);
    return isCount && distance(total, value) < 0.005;
  });
  return set ?? null;
}

function findInvented(play: Play): readonly Finding[] {
  const found = new Map<string, Finding>();
  const worldOf = new Map(play.worlds.map((world) => [world.user, world]));
  for (const [evening, { changed }] of play.evenings.entries()) {
    for (const day of changed) {
      const world = worldOf.get(day.user);
      const { value } = day;
      if (world === undefined || value === null || day.kind === 'estimated') continue;
      const shown = { ...day, value };
      if (trueOf(play, world, shown, evening) !== null) continue;
      if (isTooSmall(play, world, shown, evening) || isOpenDoubt(play, world, shown, evening)) continue;
      found.set(`${day.user} ${day.date}`, {
        what: 'invented',
        world,
        date: `${day.date} on evening ${evening} (${play.sessions[evening]?.date})`,
        published: tell(day),
        truth: totalOf(play, world, day.date, evening),
        note: missingOf(play, world, shown, evening),
      });
    }
  }
  return [...found.values()];
}

/** The accounts without which a value would be true. */
function missingOf({ truth }: Play, world: World, { date, value }: Shown, evening: number): string {
  const [all = []] = possibleSets(world, evening);
  for (let mask = 1; mask < 2 ** all.length; mask += 1) {
    const [counted, rest] = [0, 1].map((side) => all.filter((_, bit) => ((mask >> bit) & 1) === side));
    if (counted === undefined || rest === undefined) continue;
    if (distance(accountsOn(truth, counted, date).total, value) < 0.005)
      return `without ${rest.map((account) => nameOf(world, account)).join(', ')}`;
  }
  return '';
}

function nameOf(world: World, account: WorldAccount): string {
  const { historyFrom } = connectionOf(world, account);
  const history = historyFrom === null ? 'no history' : `history from session ${historyFrom} on`;
  return `${account.id} (${history})`;
}

const tell = ({ value, kind, expected, carried }: PublishedDay): string =>
  `${value} ${kind} of ${expected}${carried > 0 ? `, ${carried} carried` : ''}`;

function totalOf({ truth }: Play, world: World, date: TradingDate, evening: number): string {
  return possibleSets(world, evening)
    .map((accounts) => accountsOn(truth, accounts, date))
    .map(({ total, worth, existing }) => `${total} of ${worth.length} to ${existing.length}`)
    .join(' or ');
}

/** Whether a wrong total was reported for the day, and what it makes wrong is so little that it is never held. */
function isTooSmall(play: Play, world: World, { date, value }: Shown, evening: number): boolean {
  if (!world.accounts.some((account) => isReportedWrong(play.sessions, world, account, date))) return false;
  return possibleSets(world, evening).some((accounts) => {
    const { total } = accountsOn(play.truth, accounts, date);
    const apart = distance(total, value);
    return apart < TOO_SMALL.amount && apart < Math.abs(Number(total)) * TOO_SMALL.share;
  });
}

/** Whether the broker was wrong about an account on a day: in what it answered that evening, or in its history of it. */
export function isReportedWrong(
  sessions: readonly TradingSession[],
  world: World,
  account: WorldAccount,
  date: TradingDate,
): boolean {
  const index = sessions.findIndex((session) => session.date === date);
  return world.errors.some((error) => {
    if (!('account' in error) || error.account !== account.id) return false;
    if (error.what === 'past day tenfold') return wrongPastDate(error, sessions) === date;
    return WRONG_TOTALS.some((what) => what === error.what) && isInForce(error, index);
  });
}

/**
 * Whether a wrong value could not be known to be wrong on an evening: it is of an account without a history that was read rightly on two
 * sessions at most, when as many may be wrong as are right; or it is of a history without a currency of its own, as Alpaca's, while as
 * many readings named a wrong one.
 */
function isOpenDoubt(play: Play, world: World, { date }: Shown, evening: number): boolean {
  return world.accounts.some((account) => {
    // Of those since the link two may be wrong.
    const trueReadings = evening - connectionOf(world, account).linkedAt - 1;
    return isOpenDoubtOf(account, { ...play, world, date, evening, trueReadings });
  });
}

/** Where and when a value was published that is not true. */
export interface WrongValue {
  readonly sessions: readonly TradingSession[];
  readonly world: World;
  readonly date: TradingDate;
  readonly evening: number;
  /** On how many sessions the account was read as it is by then. */
  readonly trueReadings: number;
}

/** The same, as far as one account goes. */
export function isOpenDoubtOf(
  account: WorldAccount,
  { sessions, world, date, evening, trueReadings }: WrongValue,
): boolean {
  const { linkedAt, historyFrom, provider } = connectionOf(world, account);
  if (trueReadings >= SESSIONS_OF_A_FACT) return false;
  const isMisnamed = world.errors.some(
    (error) => error.what === 'in CAD' && error.account === account.id && isInForce(error, linkedAt),
  );
  if (provider === 'alpaca' && isMisnamed) return true;
  const hasHistory = historyFrom !== null && historyFrom <= evening;
  return !hasHistory && isReportedWrong(sessions, world, account, date);
}

function findMissing(play: Play, world: World): readonly Finding[] {
  const { sessions, truth } = play;
  const last = sessions.length - 1;
  const lastDate = sessions[last]?.date;
  const document = play.documents.get(world);
  if (lastDate === undefined || document === undefined) return [];
  const points = new Map(document.points.map((point) => [point.date, point]));
  const observed = new Map<string, Set<number>>();
  for (const { account, date, total, currency } of play.observed) {
    if (currency !== 'USD') continue;
    const key = `${account} ${date}`;
    observed.set(key, (observed.get(key) ?? new Set()).add(Number(total)));
  }
  const wasObserved = (account: WorldAccount, date: TradingDate): boolean =>
    observed.get(`${account.id} ${date}`)?.has(Number(truth.total(account, date))) === true;
  const first = addDays(lastDate, -REACH_DAYS + 1);
  const [opened = lastDate] = world.accounts.map(({ fundedOn }) => fundedOn).toSorted();
  const [, from = lastDate] = [opened, first].toSorted();
  const [all = []] = possibleSets(world, last);
  return tradingSessions(from, lastDate).flatMap(({ date }): Finding[] => {
    const { existing } = accountsOn(truth, all, date);
    // Zeros from before the first funding are no values; a zero after it is one.
    const funded = existing.filter(({ fundedOn }) => fundedOn <= date);
    if (funded.length === 0) return [];
    const point = points.get(date);
    const isTrue =
      point !== undefined &&
      trueOf(play, world, { ...point, expected: point.accountsExpected }, last) !== null;
    const isWhole = point !== undefined && point.kind !== 'estimated';
    if (isTrue && isWhole) return [];
    const base = {
      world,
      date,
      published: point === undefined ? gapOn(document, date) : tellPoint(point),
      truth: totalOf(play, world, date, last),
      note:
        point === undefined
          ? ''
          : missingOf(play, world, { ...point, expected: point.accountsExpected }, last),
    };
    const isSmall =
      point !== undefined && isTooSmall(play, world, { ...point, expected: point.accountsExpected }, last);
    // Of an account that tells nothing of its beginning nobody knows that it did not exist yet.
    const isOpen =
      !isWhole && all.some((account) => !existing.includes(account) && !tellsBeginning(world, account));
    const isLost = funded.every((account) => wasObserved(account, date)) && !isSmall && !isOpen;
    const isSettled =
      (isWhole && !isSmall) ||
      funded.every((account) => wasObserved(account, date) || isOfferedAtEnd(play, world, account, date));
    return [
      ...(isLost ? [{ what: 'lost', ...base } as const] : []),
      ...(isSettled && !isSmall && !isOpen ? [{ what: 'not healed', ...base } as const] : []),
    ];
  });
}

function tellsBeginning(world: World, account: WorldAccount): boolean {
  return account.listsMovements || connectionOf(world, account).historyFrom !== null;
}

function tellPoint({ value, kind, accountsExpected, carried }: ShownHistory['points'][number]): string {
  const names = carried.map(({ name, from }) => `, ${name} from ${from}`).join('');
  return `${value} ${kind} of ${accountsExpected}${names}`;
}

function gapOn({ gaps }: ShownHistory, date: TradingDate): string {
  const gap = gaps.find(({ from, to }) => from <= date && date <= to);
  return gap === undefined ? 'nothing' : `gap: ${gap.reason}${gap.final ? ', final' : ''}`;
}

/** Whether the broker's history has told the true value of a day during the quiet ticks. */
function isOfferedAtEnd({ sessions }: Play, world: World, account: WorldAccount, date: TradingDate): boolean {
  const quiet = sessions.length - QUIET_TICKS;
  const { historyFrom } = connectionOf(world, account);
  // The last close may still be captured, or is not read yet by a broker that is read once a day.
  if (historyFrom === null || historyFrom > quiet || date === sessions.at(-1)?.date) return false;
  return !world.errors.some(
    (error) =>
      (error.what === 'past day missing' || error.what === 'past day tenfold') &&
      error.account === account.id &&
      wrongPastDate(error, sessions) === date,
  );
}

function findFalseReturn(play: Play, world: World): readonly Finding[] {
  const document = play.documents.get(world);
  const shown = document?.summary.twr ?? null;
  if (document === undefined || shown === null) return [];
  const since = document.summary.returnSince;
  const last = play.sessions.length - 1;
  const trusted = document.points.filter(({ kind, date }) => kind !== 'estimated' && date >= (since ?? date));
  const [all = []] = possibleSets(world, last);
  const known = trusted.map((point) => {
    const shown = trueOf(play, world, { ...point, expected: point.accountsExpected }, last);
    const accounts = shown ?? all;
    const value = accountsOn(play.truth, accounts, point.date).total;
    return { date: point.date, accounts, value, isTrue: shown !== null };
  });
  const flows = known.flatMap((point, index): readonly ReturnFlow[] => {
    const before = known[index - 1];
    if (before === undefined) return [];
    const [stayed, joined] = [true, false].map((isKnown) =>
      point.accounts.filter((account) => before.accounts.includes(account) === isKnown),
    );
    return [
      ...(stayed ?? [])
        .flatMap((account) => play.truth.flows(account))
        .filter(({ date }) => date > before.date && date <= point.date),
      // What comes into view comes in like a deposit.
      ...(joined ?? []).flatMap((account) => {
        const amount = play.truth.total(account, point.date);
        return amount === null ? [] : [{ date: point.date, amount }];
      }),
    ];
  });
  const truth = timeWeightedReturn(linkReturns(known, flows));
  if (truth.available && points(truth.value, shown) <= RETURN_POINTS_MAX) return [];
  return [
    {
      what: 'false return',
      world,
      date: `${known[0]?.date} to ${known.at(-1)?.date}`,
      published: perCent(shown),
      truth: truth.available ? perCent(truth.value) : truth.reason,
      note: [
        ...(known.every(({ isTrue }) => isTrue) ? [] : ['over days that are not true themselves']),
        ...world.accounts.flatMap(oddMovements),
      ].join(', '),
    },
  ];
}

/** The movements of an account that were not listed as they were. */
const oddMovements = ({ movements, listsMovements }: WorldAccount): readonly string[] =>
  movements.flatMap(({ at, amount, type, listed }) => {
    if (listsMovements && listed.as === 'it is') return [];
    return `${type} ${amount} on ${at} ${listsMovements ? listed.as : 'not listed'}`;
  });

const points = (one: Amount, other: Amount): number =>
  new Exact(one).minus(other).abs().times(100).toNumber();
const perCent = (fraction: Amount): string => `${new Exact(fraction).times(100).toFixed(4)} %`;

/** A day changes when it stands otherwise at the end of an evening than it did at the end of an earlier one. */
function findChurn({ worlds, evenings }: Play): readonly Finding[] {
  const stood = new Map<
    string,
    { readonly date: TradingDate; readonly user: number; readonly as: Set<string> }
  >();
  for (const { changed } of evenings) {
    for (const { user, date, value, kind } of changed) {
      const key = `${user} ${date}`;
      const day = stood.get(key) ?? { date, user, as: new Set() };
      stood.set(key, { ...day, as: day.as.add(`${value} ${kind}`) });
    }
  }
  const worldOf = new Map(worlds.map((world) => [world.user, world]));
  return [...stood.values()].flatMap(({ date, user, as }): readonly Finding[] => {
    const world = worldOf.get(user);
    if (world === undefined || as.size <= 2) return [];
    return [
      { what: 'churn', world, date, published: [...as].join(', then '), truth: 'changed once', note: '' },
    ];
  });
}

function findRequests(play: Play): readonly Finding[] {
  return play.evenings.flatMap(({ requests }, evening) => {
    const asked = Map.groupBy(
      requests,
      ({ operation, accountId, connectionId }) => `${operation} ${accountId ?? connectionId}`,
    );
    const date = String(play.sessions[evening]?.date);
    return [...asked].flatMap(([question, answers]) => {
      const refused = answers.filter(({ status }) => status === 429).length;
      if (answers.length <= READS_A_DAY_MAX && refused === 0) return [];
      const world = play.worlds.find((one) => answers.some((answer) => isOf(one, answer)));
      if (world === undefined) return [];
      const published = `${question}: ${answers.length} times, ${refused} of them refused`;
      const truth = `at most ${READS_A_DAY_MAX}, none refused`;
      return [{ what: 'requests' as const, world, date, published, truth, note: '' }];
    });
  });
}

/** Whether a request was about a connection or account of a world; whose it is not always says. */
function isOf({ accounts, connections }: World, { accountId, connectionId }: LoggedRequest): boolean {
  return accounts.some(({ id }) => id === accountId) || connections.some(({ id }) => id === connectionId);
}
