import { isAsset } from '../judge-answer';
import type { Currency } from '../money';
import type { Instant, TradingDate } from '../trading-date';
import {
  type AccountEvidence,
  type Category,
  type Decision,
  SESSIONS_OF_A_FACT,
  type Sighting,
} from './evidence';
import type { SessionLine } from './session-line';

/** What holds from a session on, until the next interval begins. */
export interface Interval<T> {
  readonly from: TradingDate;
  readonly value: T;
}

/** Why an account is there no more: the last for one that turned into a debt or play. */
export const END_REASONS = ['closed', 'left_out', 'removed', 'decided', 'not_an_asset'] as const;
export type EndReason = Exclude<(typeof END_REASONS)[number], 'not_an_asset'>;

export interface AccountIntervals {
  readonly currency: readonly Interval<Currency>[];
  /** Whether the account counts as an asset: a credit line is a debt, a paper account is play. */
  readonly isAsset: readonly Interval<boolean>[];
  /** Null while the account is there, otherwise why it is not: its past stays, and it returns when it reappears. */
  readonly ended: readonly Interval<EndReason | null>[];
}

/** Whether an account counts now, since when and until when. */
export interface AccountStatus {
  /** Null while nobody named its category in a word that is known. */
  readonly isAsset: boolean | null;
  /** Where it became an asset: the session from which it is expected. */
  readonly assetSince: TradingDate | null;
  /** It is no asset any more; what was counted until then stays. */
  readonly wasAsset: boolean;
  /** From this session on it is no more expected; null while it is there. */
  readonly endedOn: TradingDate | null;
  readonly endReason: (typeof END_REASONS)[number] | null;
}

/** What intervals amount to in the end. An account that stops being an asset ends, and its past stays. */
export function statusOf({ isAsset, ended }: Omit<AccountIntervals, 'currency'>): AccountStatus {
  const asset = isAsset.at(-1) ?? null;
  const wasAsset = asset?.value === false && isAsset.length > 1;
  const assetSince = isAsset[0]?.value === false && asset?.value === true ? asset.from : null;
  const end = ended.at(-1);
  const ends = [
    ...(end === undefined || end.value === null ? [] : [{ from: end.from, value: end.value }]),
    ...(wasAsset ? [{ from: asset.from, value: 'not_an_asset' as const }] : []),
  ];
  const [first] = ends.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  return {
    isAsset: asset?.value ?? null,
    assetSince,
    wasAsset,
    endedOn: first?.from ?? null,
    endReason: first?.value ?? null,
  };
}

/** One word about a quality of the account, for one session. */
export interface Claim<T> {
  readonly session: number;
  readonly at: Instant;
  readonly value: T;
}

/**
 * What claims amount to: one evening's word is a claim, three sessions make a fact. Until there is a fact, what is presumed counts;
 * where nothing is, the word that was given on most sessions, of two equally common ones the preferred, else the later. The first
 * fact counts from the first claim on, since what contradicted it before was a claim alone.
 */
export function settleClaims<T>(
  claims: readonly Claim<T>[],
  line: SessionLine,
  { preferred = null, presumed = null }: { readonly preferred?: T | null; readonly presumed?: T | null } = {},
): readonly Interval<T>[] {
  const runs = toRuns(claims);
  const [first] = runs;
  if (first === undefined) return [];
  const facts = runs.filter(({ sessions }) => sessions >= SESSIONS_OF_A_FACT);
  const [firstFact] = facts;
  const opening = firstFact?.value ?? presumed ?? commonest(runs, preferred) ?? first.value;
  const intervals: Interval<T>[] = [{ from: line.dateAt(first.since), value: opening }];
  for (const { value, since } of facts) {
    if (value !== intervals.at(-1)?.value) intervals.push({ from: line.dateAt(since), value });
  }
  return intervals;
}

/** What holds on a session: the newest interval that has begun, or the first one before that. */
export function valueOn<T>(intervals: readonly Interval<T>[], date: TradingDate): T | null {
  return (intervals.findLast(({ from }) => from <= date) ?? intervals[0])?.value ?? null;
}

/**
 * The currency of the account. Until there is a fact it is presumed to be the user's own where the broker's history names that:
 * some providers do not tell a history's currency, and what is then taken for it is only what the account was taken for.
 */
export function settleCurrency(evidence: AccountEvidence, line: SessionLine): readonly Interval<Currency>[] {
  const { observations, homeCurrency } = evidence;
  const history = observations.filter(({ kind, currency }) => kind === 'reconstructed' && currency !== null);
  const own = history.filter(({ currency }) => currency === homeCurrency);
  return settleClaims(currencyClaims(evidence, line), line, {
    preferred: homeCurrency,
    presumed: 2 * own.length > history.length ? homeCurrency : null,
  });
}

/**
 * The claims about the account's currency: those beside its captured totals, or where there is none, what was said of the account itself.
 * Of a broker that is read once a day, an answer repeats the currency of its last reading, so that it is no claim of its own session.
 */
function currencyClaims(
  { observations, facts }: AccountEvidence,
  line: SessionLine,
): readonly Claim<Currency>[] {
  const ofTotals = observations.flatMap(({ currency, date, asOf, kind }) =>
    currency === null || kind !== 'daily_eod' ? [] : [{ session: line.at(date), at: asOf, value: currency }],
  );
  if (ofTotals.length > 0) return ofTotals;
  return facts.flatMap(({ currency, at }) =>
    currency === null ? [] : [{ session: line.atInstant(at), at, value: currency }],
  );
}

/** What a person said an account is, of which its provider speaks in a word that nobody knows. */
export interface CategoryAnswer {
  readonly at: Instant;
  readonly category: Category;
}

/** The answer that counts; null where nobody gave one, or it was taken back. */
export function categoryAnswer(decisions: readonly Decision[]): CategoryAnswer | null {
  const newest = decisions
    .filter((one) => one.about === 'category')
    .toSorted(byInstant)
    .at(-1);
  if (newest === undefined || newest.category === null) return null;
  return { at: newest.at, category: newest.category };
}

/**
 * When the account is an asset. A person's answer says what an unknown word means. Nothing was kept of the account while nobody
 * knew, so it becomes an asset with the next close after the answer, and no published day changes.
 */
export function settleAsset(
  facts: readonly Sighting[],
  answer: CategoryAnswer | null,
  line: SessionLine,
): readonly Interval<boolean>[] {
  const intervals = settleClaims(assetClaims(facts, answer?.category ?? null, line), line);
  const [first, ...later] = intervals;
  const opening = facts.filter(({ isListed }) => isListed).toSorted(byInstant)[0];
  if (answer === null || first?.value !== true || opening?.category !== null) return intervals;
  const from = line.dateAt(line.atInstant(answer.at) + 1);
  return [
    { from: first.from, value: false },
    { from, value: true },
    ...later.filter((one) => one.from > from),
  ];
}

/**
 * A category in a word that nobody knows is no claim: the account stays what it was. Before any other word it was nothing that
 * could be counted, unless somebody said what it is.
 */
function assetClaims(
  facts: readonly Sighting[],
  answered: Category | null,
  line: SessionLine,
): readonly Claim<boolean>[] {
  const claims = facts.filter(({ isListed }) => isListed).toSorted(byInstant);
  const firstKnown = claims.findIndex(({ category }) => category !== null);
  if (firstKnown === -1 && answered === null) return [];
  const known = firstKnown === -1 ? claims.length : firstKnown;
  return claims.flatMap(({ category, isPaper, at }, index) =>
    category === null && index > known
      ? []
      : [
          {
            session: line.atInstant(at),
            at,
            value: isAsset({ category: category ?? answered, isPaper: isPaper === true }),
          },
        ],
  );
}

/** What decides when an account was there. */
export interface EndParts {
  readonly facts: readonly Sighting[];
  readonly decisions: readonly Decision[];
  /** The places of the sessions whose close was captured. */
  readonly captured: ReadonlySet<number>;
}

/**
 * When the account was there. Closed after a close that was captured or seen, the value of that close stays in its day. Left
 * out of the list of a healthy connection on three sessions, or once after it was announced as removed, it ended on the
 * first of them. Whoever ends it by hand is right until that is taken back.
 */
export function settleEnds(
  { facts, decisions, captured }: EndParts,
  line: SessionLine,
): readonly Interval<EndReason | null>[] {
  const presences = facts.map(toPresence(line));
  const seen = new Set(presences.flatMap(({ value, session }) => (value === 'there' ? [session] : [])));
  const firstWithout = (at: Instant): TradingDate => {
    const opened = line.openedAt(at);
    return line.dateAt(captured.has(opened) || seen.has(opened) ? opened + 1 : opened);
  };
  const removals = decisions.filter((one) => one.about === 'removal');
  let lastThere = '';
  const intervals: Interval<EndReason | null>[] = [];
  const state = (): EndReason | null => intervals.at(-1)?.value ?? null;
  const begin = (from: TradingDate, value: EndReason | null): void => {
    if (state() === value) return;
    while ((intervals.at(-1)?.from ?? '') >= from) intervals.pop();
    if (state() !== value) intervals.push({ from, value });
  };
  for (const { since, at, sessions, value, until } of toRuns(presences)) {
    if (value === 'there') {
      lastThere = line.dateAt(until);
      begin(line.dateAt(since), null);
    }
    if (value === 'closed') begin(firstWithout(at), 'closed');
    if (value !== 'left_out' || state() !== null) continue;
    // What was announced before it was listed again says nothing of now.
    const isRemoved = removals.some(({ from }) => from >= lastThere && from <= line.dateAt(until));
    if (isRemoved || sessions >= SESSIONS_OF_A_FACT)
      begin(firstWithout(at), isRemoved ? 'removed' : 'left_out');
  }
  return withDecision(intervals, decisions);
}

function withDecision(
  intervals: readonly Interval<EndReason | null>[],
  decisions: readonly Decision[],
): readonly Interval<EndReason | null>[] {
  const decision = decisions
    .filter((one) => one.about === 'end')
    .toSorted(byInstant)
    .at(-1);
  const from = decision?.from ?? null;
  if (from === null) return intervals;
  return [...intervals.filter((one) => one.from < from), { from, value: 'decided' }];
}

function toPresence(line: SessionLine) {
  return ({ isListed, isOpen, at }: Sighting): Claim<'there' | 'closed' | 'left_out'> => ({
    session: line.atInstant(at),
    at,
    value: isListed ? (isOpen === false ? 'closed' : 'there') : 'left_out',
  });
}

interface Run<T> {
  readonly value: T;
  readonly since: number;
  /** When it was said first. */
  readonly at: Instant;
  until: number;
  sessions: number;
}

/** Sessions in a row with the same word; the latest word of a session is that session's. */
function toRuns<T>(claims: readonly Claim<T>[]): readonly Run<T>[] {
  const bySession = new Map<number, Claim<T>>();
  for (const claim of claims.toSorted(byClaim)) {
    const before = bySession.get(claim.session);
    // The same word again is no later one.
    if (before === undefined || before.value !== claim.value) bySession.set(claim.session, claim);
  }
  const runs: Run<T>[] = [];
  for (const { session, at, value } of bySession.values()) {
    const run = runs.at(-1);
    if (run !== undefined && run.value === value) {
      run.until = session;
      run.sessions += 1;
    } else {
      runs.push({ value, since: session, at, until: session, sessions: 1 });
    }
  }
  return runs;
}

function commonest<T>(runs: readonly Run<T>[], preferred: T | null): T | null {
  const counts = new Map<T, number>();
  for (const { value, sessions } of runs) counts.set(value, (counts.get(value) ?? 0) + sessions);
  const most = Math.max(...counts.values());
  const candidates = runs.filter(({ value }) => counts.get(value) === most).map(({ value }) => value);
  return candidates.find((value) => value === preferred) ?? candidates.at(-1) ?? null;
}

function byClaim<T>(a: Claim<T>, b: Claim<T>): number {
  return a.session - b.session || byInstant(a, b) || (String(a.value) < String(b.value) ? -1 : 1);
}

function byInstant(a: { readonly at: Instant }, b: { readonly at: Instant }): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
}
