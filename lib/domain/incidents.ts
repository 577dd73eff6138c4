import { lastSessionThrough } from './nyse-calendar';
import type { GapReason } from './states';
import type { Instant, TradingDate } from './trading-date';

/** How many connections of one brokerage are expected on a trading day, and why some of them lack it. */
export interface InstitutionFailures {
  readonly provider: string;
  readonly institution: string;
  readonly users: number;
  readonly connections: number;
  readonly failures: readonly {
    readonly reason: GapReason;
    readonly users: number;
    readonly connections: number;
    readonly since: TradingDate;
  }[];
}

/** One brokerage, or a whole provider, that fails for many users at once: one cause, one row, one thing to do about it. */
export interface Incident {
  /** The same for the same incident as long as it lasts. */
  readonly key: string;
  readonly provider: string;
  /** Null when the provider fails for all its brokerages. */
  readonly institution: string | null;
  readonly reason: GapReason;
  readonly users: number;
  readonly connections: number;
  /** The first trading day that most of the failing connections lack. */
  readonly since: TradingDate;
}

/** From how many users and which share of its connections on a brokerage's failure is an incident. */
const USERS_MIN = 3;
const CONNECTIONS_SHARE_MIN = 0.3;

/**
 * What fails for many at once on a trading day, most users first. A day that merely waits for its capture is no failure
 * before the deadline (`isOverdue`). Where every brokerage of a provider fails for one reason, and there are several, the
 * provider is what fails.
 */
export function findIncidents(
  institutions: readonly InstitutionFailures[],
  isOverdue: boolean,
): readonly Incident[] {
  const found = institutions.flatMap((institution) => incidentsAt(institution, isOverdue));
  const widespread = new Set(
    found
      .filter(({ provider, reason }) => failsEverywhere(provider, reason, institutions, found))
      .map(causeOf),
  );
  const joined = [...widespread].map((cause) =>
    joinIncidents(found.filter((incident) => causeOf(incident) === cause)),
  );
  return [...joined, ...found.filter((incident) => !widespread.has(causeOf(incident)))].toSorted(
    (a, b) => b.users - a.users || (a.key < b.key ? -1 : 1),
  );
}

function incidentsAt(
  { provider, institution, connections: linked, failures }: InstitutionFailures,
  isOverdue: boolean,
): Incident[] {
  return failures
    .filter(({ reason }) => isOverdue || reason !== 'not_yet_due')
    .filter(({ users, connections }) => users >= USERS_MIN && connections >= linked * CONNECTIONS_SHARE_MIN)
    .map((failure) => ({
      key: `${provider}/${institution}/${failure.reason}`,
      provider,
      institution,
      ...failure,
    }));
}

function causeOf({ provider, reason }: Pick<Incident, 'provider' | 'reason'>): string {
  return `${provider}/*/${reason}`;
}

/** Brokerages with too few users are left out. */
function failsEverywhere(
  provider: string,
  reason: GapReason,
  institutions: readonly InstitutionFailures[],
  found: readonly Incident[],
): boolean {
  const counted = institutions.filter((one) => one.provider === provider && one.users >= USERS_MIN);
  const failing = found.filter((one) => one.provider === provider && one.reason === reason);
  return counted.length > 1 && failing.length === counted.length;
}

/** Users with connections to several of the brokerages are counted at each of them. */
function joinIncidents(incidents: readonly Incident[]): Incident {
  const [first] = incidents;
  if (first === undefined) throw new RangeError('nothing to join');
  const sum = (count: (incident: Incident) => number): number =>
    incidents.reduce((total, incident) => total + count(incident), 0);
  return {
    ...first,
    key: causeOf(first),
    institution: null,
    users: sum(({ users }) => users),
    connections: sum(({ connections }) => connections),
    since: incidents.map(({ since }) => since).toSorted()[0] ?? first.since,
  };
}

/** A working connection that has not been heard of lately, although it was asked. */
export interface LaggingConnection {
  readonly institution: string;
  readonly lastSuccessAt: Instant;
  /** When it is asked next; null when that is not planned yet. */
  readonly nextAttemptAt: Instant | null;
}

/** What of a history shows whether a broker answers. */
interface KnownHistory {
  readonly connections: readonly {
    readonly institution: string;
    readonly status: 'active' | 'disabled' | 'paused';
    readonly lastSuccessAt: Instant | null;
  }[];
  readonly gaps: readonly {
    readonly to: TradingDate;
    readonly reason: GapReason;
    readonly nextAttemptAt: Instant | null;
  }[];
  readonly points: readonly { readonly date: TradingDate; readonly carried: readonly unknown[] }[];
  readonly to: TradingDate;
}

/**
 * The connections whose broker, or the provider between, does not answer: they work as far as anybody knows, but the newest
 * days are missing for that very reason, or rest on accounts carried over, and the last answer came before the newest day.
 * A connection that never answered is being fetched for the first time; a broken one is its owner's to reconnect.
 */
export function findLaggingConnections({
  connections,
  gaps,
  points,
  to,
}: KnownHistory): readonly LaggingConnection[] {
  const newestGap = gaps.find((gap) => gap.to === to);
  const newestPoint = points.at(-1);
  const isGapTheirs = newestGap?.reason === 'unavailable' || newestGap?.reason === 'rate_limited';
  const isCarried = newestPoint?.date === to && newestPoint.carried.length > 0;
  if (!isGapTheirs && !isCarried) return [];
  // An answer from before a close says nothing about it.
  const { closesAt } = lastSessionThrough(to);
  return connections.flatMap(({ institution, status, lastSuccessAt }) =>
    status === 'active' && lastSuccessAt !== null && lastSuccessAt < closesAt
      ? [{ institution, lastSuccessAt, nextAttemptAt: newestGap?.nextAttemptAt ?? null }]
      : [],
  );
}
