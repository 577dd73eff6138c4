import { type Amount, Exact, isZero } from '@/lib/domain/money';
import type { TradingSession } from '@/lib/domain/nyse-calendar';
import { isExternal, type MovementEffect } from '@/lib/domain/reconcile/effects';
import type { Reading } from '@/lib/domain/reconcile/evidence';
import { linkReturns, type ReturnFlow, type ReturnPoint, timeWeightedReturn } from '@/lib/domain/returns';
import { daysBetween, type TradingDate } from '@/lib/domain/trading-date';
import type { Answers } from './answers';
import { AccountsPlay, type PlayedAccount } from './conclusions';
import { closeOf, later } from './errors';
import {
  type FaultName,
  type Finding,
  isOpenDoubtOf,
  isReportedWrong,
  type Judgement,
  RETURN_POINTS_MAX,
  TOO_SMALL,
} from './judge';
import { connectionOf, dateOf, distance } from './truth';
import type { Evenings, World, WorldAccount } from './world';

/** How far apart a movement can be shown and have happened, in calendar days. */
const PLACED_DAYS_MAX = 10;
/** A movement this small beside its account looks like what the market does in a day. */
const MARKET_SHARE_MAX = 0.05;
/** Up to this share of the account a movement of an unknown type is let pass (reconcile.md, principle 5). */
const UNKNOWN_SHARE_MAX = 0.006;

/** Plays the accounts of a world, and counts the same faults as `judge` does, of an account and day instead of a user and day. */
export function judgeAccounts(
  world: World,
  evenings: Evenings,
  sessions: readonly TradingSession[],
  answers: Answers,
): Judgement {
  const play = new AccountsPlay(world, sessions, answers);
  const judges = play.played.map((played) => new AccountJudge(play, played));
  for (const [evening, ticks] of evenings.entries()) {
    play.playEvening(evening, ticks);
    for (const judge of judges) judge.see(evening);
  }
  const days = world.accounts.map((account) => sessions.length - connectionOf(world, account).linkedAt);
  return {
    worlds: 1,
    sessions: sessions.length,
    accountDays: days.reduce((sum, count) => sum + count, 0),
    findings: judges.flatMap((judge) => judge.findAll()),
  };
}

/** Compares what stands of one account with the truth, evening by evening. */
export class AccountJudge {
  private readonly account: WorldAccount;
  /** What stood for each day on the evening before, how it stood on any, and what of it is not true. */
  private readonly shown = new Map<TradingDate, Reading | undefined>();
  private readonly stood = new Map<TradingDate, Set<string>>();
  private readonly untrue = new Map<TradingDate, Reading>();
  private readonly findings = new Map<string, Finding>();

  constructor(
    private readonly play: AccountsPlay,
    private readonly played: PlayedAccount,
  ) {
    this.account = played.account;
  }

  /** Takes note of what stands after an evening. */
  see(evening: number): void {
    const { shown, stood, untrue } = this;
    const { line } = this.played;
    for (const date of new Set([...shown.keys(), ...line.keys()])) {
      const reading = line.get(date);
      if (reading === shown.get(date)) continue;
      shown.set(date, reading);
      const states = stood.get(date) ?? new Set();
      stood.set(date, states.add(reading === undefined ? 'none' : `${reading.total} ${reading.kind}`));
      if (reading === undefined || this.isTrue(reading)) untrue.delete(date);
      else untrue.set(date, reading);
    }
    for (const [date, reading] of untrue) {
      if (this.isExcused(reading, evening)) continue;
      this.find('invented', date, `${reading.total} ${reading.kind} on evening ${evening}`);
    }
  }

  findAll(): readonly Finding[] {
    this.findLost();
    this.findFalseReturn();
    for (const [date, states] of this.stood)
      if (states.size > 2) this.find('churn', date, [...states].join(', then '));
    return [...this.findings.values()];
  }

  private findLost(): void {
    const { known, line } = this.played;
    const observed = known.readings.filter(
      ({ currency, date }) => currency === 'USD' && date >= this.account.fundedOn,
    );
    for (const { date, total } of observed) {
      if (Number(total) !== Number(this.total(date))) continue;
      const reading = line.get(date);
      const isKept =
        reading === undefined
          ? this.isNeverListed(date)
          : this.isTrue(reading) || this.isExcused(reading, this.lastEvening);
      if (!isKept) this.find('lost', date, reading === undefined ? 'nothing' : String(reading.total));
    }
  }

  private findFalseReturn(): void {
    const { play, account } = this;
    const { known, line } = this.played;
    const readings = [...line.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1));
    // What is too small to be held beside all that the user has is let pass, and then is no return of this account.
    if (!account.listsMovements || readings.some((one) => !this.isTrue(one))) return;
    const now = later(closeOf(play.sessions, this.lastEvening), 120);
    const { movements, unknownSpans } = known.concludeAnew(now, play.immaterial());
    const flows = movements.flatMap((movement) =>
      movement.isWithdrawn || movement.amountInAccount === null || !isExternal(movement)
        ? []
        : [{ date: movement.effectiveOn, amount: movement.amountInAccount }],
    );
    const points = readings.map(({ date, total }) => ({ date, value: total }));
    const shown = timeWeightedReturn(linkReturns(points, flows, unknownSpans));
    if (!shown.available) return;
    const truth = timeWeightedReturn(
      linkReturns(
        points.map(({ date }) => ({ date, value: this.total(date) })),
        play.truth.flows(account).flatMap((flow) => this.asShown(flow, movements, points)),
      ),
    );
    const apart = truth.available ? new Exact(truth.value).minus(shown.value).abs().times(100) : null;
    if (apart?.lte(RETURN_POINTS_MAX)) return;
    const range = `${points[0]?.date} to ${points.at(-1)?.date}`;
    this.find('false return', range, shown.value, truth.available ? truth.value : truth.reason);
  }

  /**
   * A true movement as it is shown, where nobody can know better: on another day if no value lies between the two, or if it was booked there
   * and is as small as what the market does in a day; not at all if nobody knows what it was and it is too small to blank a figure.
   */
  private asShown(
    flow: ReturnFlow,
    movements: readonly MovementEffect[],
    points: readonly ReturnPoint[],
  ): readonly ReturnFlow[] {
    const same = movements.find(
      ({ effectiveOn, amountInAccount }) =>
        Number(amountInAccount) === Number(flow.amount) &&
        Math.abs(daysBetween(effectiveOn, flow.date)) <= PLACED_DAYS_MAX,
    );
    if (same === undefined) return [flow];
    const share = Math.abs(Number(flow.amount)) / Number(this.total(flow.date));
    if (same.isUnknown && share < UNKNOWN_SHARE_MAX) return [];
    const spanOf = (date: TradingDate) => points.findIndex((point) => point.date >= date);
    const isSame = share < MARKET_SHARE_MAX || spanOf(same.effectiveOn) === spanOf(flow.date);
    return [isSame ? { ...flow, date: same.effectiveOn } : flow];
  }

  /** Whether a day differs from its neighbours by a movement alone of which nobody could read, at all or before it was taken back. */
  private isNeverListed(date: TradingDate): boolean {
    const { sessions } = this.play;
    if (!this.account.listsMovements && isZero(this.total(date))) return true;
    return this.account.movements.some(({ at, amount, listed }) => {
      if (listed.as !== 'reversed') return false;
      const [from, to] = [dateOf(sessions, at), dateOf(sessions, at + listed.after)];
      const isListed = this.played.known.statements.some(({ rows }) =>
        rows.some((row) => row.date === from && Number(row.amount) === Number(amount)),
      );
      return !isListed && from <= date && date < to;
    });
  }

  private isTrue({ date, total, currency }: Reading): boolean {
    const truth = this.play.truth.total(this.account, date);
    return truth !== null && currency === 'USD' && distance(truth, total) < 0.005;
  }

  /** Whether nobody could know better, or it does not matter. */
  private isExcused({ date, total }: Reading, evening: number): boolean {
    const { sessions, world } = this.play;
    const captured = this.played.known.readings.filter(({ kind }) => kind === 'daily_eod');
    const trueReadings = new Set(captured.filter((one) => this.isTrue(one)).map((one) => one.date)).size;
    if (isOpenDoubtOf(this.account, { sessions, world, date, evening, trueReadings })) return true;
    if (!isReportedWrong(sessions, world, this.account, date)) return false;
    return distance(this.total(date), total) < TOO_SMALL.amount;
  }

  private total(date: TradingDate): Amount {
    return this.play.truth.total(this.account, date) ?? ('0' as Amount);
  }

  private get lastEvening(): number {
    return this.play.sessions.length - 1;
  }

  private find(
    what: FaultName,
    date: string,
    published: string,
    truth: string = this.total(date as TradingDate),
  ): void {
    const { world } = this.play;
    const { historyFrom } = connectionOf(world, this.account);
    const note = `${this.account.id}, ${historyFrom === null ? 'no history' : `history from ${historyFrom}`}`;
    const key = `${what} ${date}`;
    if (!this.findings.has(key)) this.findings.set(key, { what, world, date, published, truth, note });
  }
}
