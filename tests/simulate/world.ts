import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { ProviderId } from '@/lib/domain/states';
import { addDays, type TradingDate, toDate } from '@/lib/domain/trading-date';
import { Chance } from './chance';

// A world is one user's accounts as they truly are, and what errs between them and the product. It is plain data, so that a
// failing one can be made smaller and kept as a file. Sessions are counted from the first evening on which the product runs.

/** The last evening of every world. */
const LAST_SESSION = toDate('2026-11-20');
/** On the last evenings nothing errs: three ticks, by which everything that evidence settles has to be right. */
export const QUIET_TICKS = 3;
/** Up to this many sessions in a row a total is wrong: a third one would make it a fact (reconcile.md, principle 1). */
const WRONG_SESSIONS_MAX = 2;
/** After a wrong total the broker is right for so many sessions, so that two faults do not pass for one long one. */
const SESSIONS_BETWEEN = 5;
/** Movements and the end of the play: what shows up to five sessions late has shown. */
const SESSIONS_AFTER_MOVEMENT = 8;

export interface TrueMovement {
  /** The session at whose close it truly changes the value. */
  readonly at: number;
  /** Signed, in cents, or everything that is there. */
  readonly amount: string;
  readonly type: 'CONTRIBUTION' | 'WITHDRAWAL' | 'DIVIDEND' | 'INTEREST' | 'FEE';
  /** What the broker makes of it in its list. */
  readonly listed:
    | { readonly as: 'it is' }
    /** Pending under another name for so many sessions. */
    | { readonly as: 'renamed'; readonly after: number }
    /** Booked so many sessions after (negative: before) the value shows it. */
    | { readonly as: 'booked apart'; readonly by: number }
    /** Booked a day later than it was listed at first. */
    | { readonly as: 're-dated'; readonly after: number }
    /** Taken back after so many sessions: gone from value and list. */
    | { readonly as: 'reversed'; readonly after: number }
    | { readonly as: 'unknown type' }
    | { readonly as: 'without a currency' };
}

export interface WorldAccount {
  readonly id: string;
  readonly connection: string;
  readonly category: 'INVESTMENT' | 'DEPOSIT';
  readonly openedOn: TradingDate;
  /** Paid in on this day; days from the opening until then are true zeros. */
  readonly fundedOn: TradingDate;
  readonly start: string;
  readonly investedShare: number;
  readonly instrument: 'SANDBOX-500' | 'SANDBOX-OTHER';
  /** Whether the broker lists movements at all. */
  readonly listsMovements: boolean;
  readonly movements: readonly TrueMovement[];
}

export interface WorldConnection {
  readonly id: string;
  /** The session before whose close the user links it. */
  readonly linkedAt: number;
  /** When a broker that is read once a day is read, by the clock of UTC; null for one that is read at each call. */
  readonly syncTime: string | null;
  /** From which session on the broker offers the history of its accounts; null for never. */
  readonly historyFrom: number | null;
  /** Where it is no connection of SnapTrade's, but one account at another source. */
  readonly provider?: Exclude<ProviderId, 'snaptrade'>;
  /** How Plaid begins to list movements, so many minutes after the link, and what it answers before. */
  readonly movements?: { readonly readyAfter: number; readonly before: 'not_ready' | 'last_30_days' };
  /** Whether Plaid gives the close of a security beside its price. */
  readonly closePrices?: boolean;
}

/** Something that the broker gets wrong from one session on, for some sessions. */
export type BrokerError = { readonly at: number; readonly sessions: number } & (
  | {
      readonly what: 'zero' | 'hundredfold' | 'tenfold' | 'hundredth' | 'in CAD' | 'without a currency';
      readonly account: string;
    }
  | { readonly what: 'no total' | 'left out' | 'history fails' | 'movements fail'; readonly account: string }
  /** Of the past that its history tells: so many sessions before `at`. */
  | {
      readonly what: 'past day missing' | 'past day tenfold';
      readonly account: string;
      readonly before: number;
    }
  | { readonly what: 'stale' | 'no answer' | 'malformed' | 'broken'; readonly connection: string }
  /** Only until two hours after the close. */
  | { readonly what: 'no answer at first'; readonly connection: string }
);

export interface World {
  readonly seed: number;
  readonly user: number;
  readonly connections: readonly WorldConnection[];
  readonly accounts: readonly WorldAccount[];
  readonly errors: readonly BrokerError[];
}

/** One tick, so many minutes after the close, and how it goes. */
export interface Tick {
  readonly minutes: number;
  readonly manner: 'once' | 'twice' | 'two at once' | 'killed' | 'database gone';
}

/** What our own side does on each evening of a play; an outage has no ticks. */
export type Evenings = readonly (readonly Tick[])[];

/** The sessions of a play of so many trading days. */
export function sessionsOf(days: number) {
  const sessions = tradingSessions(addDays(LAST_SESSION, -2 * days - 30), LAST_SESSION).slice(-days);
  if (sessions.length < days) throw new RangeError(`no ${days} trading days before ${LAST_SESSION}`);
  return sessions;
}

/** The evenings of our own side: one to three ticks each, some doubled, at once or cut short; outages of up to six evenings. */
export function generateEvenings(seed: number, days: number): Evenings {
  const chance = new Chance(seed, 0, days);
  const evenings: Tick[][] = [];
  while (evenings.length < days) {
    const isQuiet = evenings.length >= days - QUIET_TICKS;
    const isOutage = !isQuiet && evenings.length > 0 && chance.is(0.03);
    const length = isOutage ? chance.int(1, Math.min(6, days - QUIET_TICKS - evenings.length)) : 1;
    for (let one = 0; one < length; one += 1)
      evenings.push(isOutage ? [] : isQuiet ? [{ minutes: 90, manner: 'once' }] : ticksOf(chance));
  }
  return evenings;
}

function ticksOf(chance: Chance): Tick[] {
  const minutes = [chance.int(31, 120), ...(chance.is(0.35) ? [chance.int(150, 420)] : [])];
  // An hour before the open, in the night of a whole day between two sessions.
  const early = chance.is(0.25) ? [990] : [];
  return [...minutes, ...early].map((one) => ({
    minutes: one,
    manner: chance.is(0.85) ? 'once' : chance.pick('twice', 'two at once', 'killed', 'database gone'),
  }));
}

/** The world of one user, of a seed. */
export function generateWorld(seed: number, user: number, days: number): World {
  const chance = new Chance(seed, user + 1, days);
  const sessions = sessionsOf(days);
  const names = Array.from({ length: chance.int(1, 3) }, (_, index) => `account-${user}-${index}`);
  const connections: WorldConnection[] = [];
  const accounts = names.map((id, index): WorldAccount => {
    if (index === 0 || chance.is(0.4))
      connections.push({
        id: `connection-${user}-${connections.length}`,
        linkedAt: index === 0 || chance.is(0.5) ? 0 : chance.int(5, Math.max(5, Math.floor(days / 2))),
        syncTime: chance.is(0.2) ? chance.pick('21:45', '23:30', '10:15') : null,
        historyFrom: historyFromOf(chance, days),
      });
    const connection = connections.at(-1) ?? { id: '', linkedAt: 0 };
    const openedOn = addDays(sessions[0]?.date ?? LAST_SESSION, -chance.int(20, 420));
    const isInvested = chance.is(0.6);
    const isTiny = index > 0 && chance.is(0.1);
    const start = isTiny ? chance.int(10, 900) / 100 : chance.int(1_000, 90_000) + chance.int(0, 99) / 100;
    return {
      id,
      connection: connection.id,
      category: isInvested ? 'INVESTMENT' : chance.pick('INVESTMENT', 'DEPOSIT'),
      openedOn,
      fundedOn: chance.is(0.15) ? addDays(openedOn, chance.int(1, 15)) : openedOn,
      start: start.toFixed(2),
      investedShare: isInvested ? chance.pick(1, 0.9, 0.5) : 0,
      instrument: chance.pick('SANDBOX-500', 'SANDBOX-OTHER'),
      listsMovements: chance.is(0.9),
      movements: movementsOf(chance, start, connection.linkedAt, days),
    };
  });
  return { seed, user, connections, accounts, errors: errorsOf(chance, connections, accounts, days) };
}

/** A history that was not offered is asked for once a month, so one that is offered late comes early enough for that. */
function historyFromOf(chance: Chance, days: number): number | null {
  if (chance.is(0.75)) return 0;
  return days > 40 && chance.is(0.4) ? chance.int(3, days - 35) : null;
}

function movementsOf(chance: Chance, start: number, linkedAt: number, days: number): readonly TrueMovement[] {
  const last = days - QUIET_TICKS - SESSIONS_AFTER_MOVEMENT;
  const movements: TrueMovement[] = [];
  for (let at = linkedAt + chance.int(2, 25); at <= last; at += chance.int(10, 45)) {
    const type = chance.pick('CONTRIBUTION', 'CONTRIBUTION', 'WITHDRAWAL', 'DIVIDEND', 'INTEREST', 'FEE');
    const isExternal = type === 'CONTRIBUTION' || type === 'WITHDRAWAL';
    const share = isExternal ? chance.pick(0.02, 0.1, 0.3, 1, 4, 12) : chance.pick(0.0005, 0.003, 0.01);
    const isOut = type === 'WITHDRAWAL' || type === 'FEE';
    // Nobody withdraws more than there is, and what is there is at least about the start.
    const size = Math.max(0.01, start * (isOut ? Math.min(share, 0.1) : share));
    const isEverything = type === 'WITHDRAWAL' && chance.is(0.2);
    movements.push({
      at,
      type,
      amount: isEverything ? 'everything' : (isOut ? -size : size).toFixed(2),
      listed: isExternal && !isEverything ? listedAs(chance) : { as: 'it is' },
    });
    if (isEverything) {
      // Money under way: it comes back some sessions later, so that the account goes on.
      at += chance.int(1, 6);
      movements.push({ at, type: 'CONTRIBUTION', amount: start.toFixed(2), listed: { as: 'it is' } });
    }
  }
  return movements;
}

function listedAs(chance: Chance): TrueMovement['listed'] {
  const as = chance.pick<TrueMovement['listed']['as']>(
    'it is',
    'it is',
    'it is',
    'renamed',
    'booked apart',
    're-dated',
    'reversed',
    'unknown type',
    'without a currency',
  );
  if (as === 'booked apart') return { as, by: chance.pick(-3, -2, -1, 1) };
  if (as === 'renamed' || as === 're-dated' || as === 'reversed') return { as, after: chance.int(2, 4) };
  return { as };
}

function errorsOf(
  chance: Chance,
  connections: readonly WorldConnection[],
  accounts: readonly WorldAccount[],
  days: number,
): readonly BrokerError[] {
  const last = days - QUIET_TICKS;
  const errors: BrokerError[] = [];
  for (const { id: account, connection, movements } of accounts) {
    const linkedAt = connections.find(({ id }) => id === connection)?.linkedAt ?? 0;
    let at = linkedAt + (chance.is(0.2) ? 0 : chance.int(3, 20));
    while (at < last) {
      const what = chance.pick(
        ...(['zero', 'hundredfold', 'tenfold', 'hundredth', 'in CAD', 'without a currency'] as const),
        ...(['no total', 'left out', 'history fails', 'movements fail'] as const),
      );
      const isValue = what !== 'no total' && what !== 'history fails' && what !== 'movements fail';
      const wanted = isValue ? chance.int(1, WRONG_SESSIONS_MAX) : chance.int(1, 9);
      const sessions = Math.min(wanted, last - at);
      // A total that is wrong while money moves leaves nobody anything to tell them apart by.
      const isAlone = movements.every((one) => one.at < at - SESSIONS_BETWEEN || one.at > at + sessions + 5);
      if (!isValue || what === 'left out' || isAlone) errors.push({ what, account, at, sessions });
      at += sessions + SESSIONS_BETWEEN + chance.int(0, 40);
    }
    if (chance.is(0.3))
      errors.push({
        what: chance.pick('past day missing', 'past day tenfold'),
        account,
        at: linkedAt,
        sessions: 1,
        before: chance.int(3, 60),
      });
  }
  for (const { id: connection, linkedAt, syncTime } of connections) {
    for (let at = linkedAt + chance.int(5, 30); at < last; at += chance.int(8, 60)) {
      const drawn = chance.pick('stale', 'no answer', 'malformed', 'broken', 'no answer at first');
      // An answer that is read live is as old as the question.
      const what = drawn === 'stale' && syncTime === null ? 'no answer' : drawn;
      errors.push({ what, connection, at, sessions: Math.min(chance.int(1, 8), last - at) });
    }
  }
  return errors;
}
