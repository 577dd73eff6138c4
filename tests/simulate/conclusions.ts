import { sessionOfValue } from '@/lib/domain/judge-answer';
import { type Amount, addAmounts } from '@/lib/domain/money';
import {
  latestClosedSession,
  nextSession,
  type TradingSession,
  tradingSessions,
} from '@/lib/domain/nyse-calendar';
import type { Reading } from '@/lib/domain/reconcile/evidence';
import { immaterialOf } from '@/lib/domain/reconcile/portfolio';
import { addDays, type Instant, type TradingDate, toDate } from '@/lib/domain/trading-date';
import { HAD_NOTHING_ATTEMPTS_MAX } from '@/lib/fill/history';
import { OVERLAP_DAYS } from '@/lib/fill/movements';
import type { SandboxAccount, SandboxConnection, SandboxUser } from '@/lib/local/sandbox/scenario';
import type { ProviderAccount } from '@/lib/providers/provider';
import type { Answers } from './answers';
import { REACH_DAYS, snapTradeOn } from './broker';
import { closeOf, faultsOf, later } from './errors';
import { KnownAccount } from './known-account';
import { connectionOf, createTruth, dateOf, type Truth } from './truth';
import type { Evenings, World, WorldAccount } from './world';

/** After so long an evening's tick is the one before the open, which reads once more what was captured. */
const RECHECK_MINUTES = 900;

/** One account of a world and what is known of it. */
export interface PlayedAccount {
  readonly account: WorldAccount;
  readonly known: KnownAccount;
  /** How often the broker's history was asked for a day. */
  readonly asked: Map<TradingDate, number>;
  movementsReadOn: TradingDate | null;
  isPastAsked: boolean;
  /** The reading that stands for each day. */
  line: ReadonlyMap<TradingDate, Reading>;
}

/**
 * Plays a world as `playWorlds` does, as far as conclusions about single accounts go: the sandbox's answers, the adapter's parsers, and
 * `reconcile` at each tick. What lies between them (wire, schedule, Postgres, the total of several accounts) is left out, so that
 * thousands of world-years can be played.
 */
export class AccountsPlay {
  readonly truth: Truth;
  readonly played: readonly PlayedAccount[];

  constructor(
    readonly world: World,
    readonly sessions: readonly TradingSession[],
    private readonly answers: Answers,
  ) {
    this.truth = createTruth(sessions, answers.state.market);
    answers.state.faults.replace(faultsOf(world, sessions));
    this.played = world.accounts.map((account) => ({
      account,
      known: new KnownAccount(this.linkedOn(account)),
      asked: new Map(),
      movementsReadOn: null,
      isPastAsked: false,
      line: new Map(),
    }));
  }

  playEvening(evening: number, ticks: Evenings[number]): void {
    const { world, sessions, truth, answers } = this;
    const closesAt = closeOf(sessions, evening);
    const user = snapTradeOn({ world, sessions, truth, evening });
    // A tick that is killed, or finds no database, keeps nothing.
    for (const { minutes, manner } of ticks) {
      if (manner === 'killed' || manner === 'database gone') continue;
      const now = later(closesAt, minutes);
      answers.state.pinClock(now);
      const isRecheck = minutes >= RECHECK_MINUTES;
      for (const connection of user.connections)
        this.playTick({ user, connection, date: dateOf(sessions, evening), now, isRecheck });
    }
  }

  private playTick(at: Asking): void {
    const listed = this.answers.accounts(at.user, at.connection);
    if (listed === null) return;
    const immaterial = this.immaterial();
    for (const account of at.connection.accounts) {
      const played = this.played.find((one) => one.account.id === account.id);
      if (played === undefined) continue;
      const told = listed.find(({ externalId }) => externalId === account.id) ?? null;
      sight(played, told, at.now);
      capture(played, told, at);
      this.readMovements(played, account, at);
      played.known.conclude(at.now, immaterial);
      if (this.readHistory(played, account, at)) played.known.conclude(at.now, immaterial);
      played.line = played.known.line();
    }
  }

  private readMovements(
    played: PlayedAccount,
    account: SandboxAccount,
    { user, connection, now }: Asking,
  ): void {
    const today = toDate(now.slice(0, 10));
    const { movementsReadOn: before, known } = played;
    if (before === today) return;
    const from = addDays(before ?? today, before === null ? -REACH_DAYS : -OVERLAP_DAYS);
    const rows = this.answers.movements(user, connection, account, { from, to: today });
    if (rows === null) return;
    played.movementsReadOn = today;
    const id = `statement ${known.statements.length}`;
    known.statements.push({
      id,
      readAt: now,
      from,
      to: today,
      isComplete: true,
      rows: rows.map(({ vendorType: _, holdings: __, ...row }, index) => ({ ...row, id: `${id} ${index}` })),
    });
  }

  /** Asks for the days that have no value, before the one that may still be captured. Whether anything was answered. */
  private readHistory(
    played: PlayedAccount,
    account: SandboxAccount,
    { user, connection, date: today }: Asking,
  ): boolean {
    const { known, asked } = played;
    const line = known.line();
    const first = played.isPastAsked ? this.linkedOn(played.account) : addDays(today, -REACH_DAYS);
    const closes = new Map(
      tradingSessions(first, today)
        .filter(
          ({ date }) => date < today && !line.has(date) && (asked.get(date) ?? 0) < HAD_NOTHING_ATTEMPTS_MAX,
        )
        .map(({ date, closesAt }) => [date, closesAt]),
    );
    const [from] = closes.keys();
    const to = [...closes.keys()].at(-1);
    if (from === undefined || to === undefined) return false;
    const answer = this.answers.history(user, connection, account, { from, to, currency: known.currency });
    if (answer === null) return false;
    played.isPastAsked = true;
    for (const date of closes.keys()) asked.set(date, (asked.get(date) ?? 0) + 1);
    for (const { date, total } of answer.values) {
      const asOf = closes.get(date);
      if (asOf !== undefined)
        known.observe({ date, total, currency: answer.currency, kind: 'reconstructed', asOf });
    }
    return true;
  }

  /** As of the user's newest total. */
  immaterial(): Amount | null {
    const newest = this.played.flatMap(({ line }) => {
      const [date] = [...line.keys()].toSorted().slice(-1);
      return (date === undefined ? undefined : line.get(date)?.total) ?? [];
    });
    return immaterialOf(newest.length === 0 ? null : addAmounts(...newest));
  }

  private linkedOn(account: WorldAccount): TradingDate {
    return dateOf(this.sessions, connectionOf(this.world, account).linkedAt);
  }
}

interface Asking {
  readonly user: SandboxUser;
  readonly connection: SandboxConnection;
  /** The trading day that is due. */
  readonly date: TradingDate;
  readonly now: Instant;
  readonly isRecheck: boolean;
}

function sight({ known }: PlayedAccount, told: ProviderAccount | null, at: Instant): void {
  known.facts.push({
    id: `fact ${known.facts.length}`,
    at,
    isListed: told !== null,
    isOpen: told?.isOpen ?? null,
    category: told?.category ?? null,
    isPaper: told?.isPaper ?? null,
    currency: told?.currency ?? null,
  });
}

/** A total is that of the close which its as-of follows; what was captured is read once more before the open alone. */
function capture(
  { known, line }: PlayedAccount,
  told: ProviderAccount | null,
  { date: today, isRecheck }: Asking,
): void {
  if (told === null || told.total === null || told.asOf === null) return;
  const closed = latestClosedSession(told.asOf, 0);
  const date = sessionOfValue(told.asOf, closed, nextSession(closed.date));
  if (date === null) return;
  if (date === today && line.get(date)?.kind === 'daily_eod' && !isRecheck) return;
  const { total, currency, asOf } = told;
  known.observe({ date, total, currency, kind: 'daily_eod', asOf });
}
