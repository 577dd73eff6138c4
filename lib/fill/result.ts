import { sessionOfValue } from '@/lib/domain/judge-answer';
import type { Currency } from '@/lib/domain/money';
import { latestClosedSession, nextSession } from '@/lib/domain/nyse-calendar';
import type { EvidenceId, ReconcileRules } from '@/lib/domain/reconcile/evidence';
import {
  type GapReason,
  gapReasonOf,
  type Observation,
  type ProviderId,
  type VerdictCode,
} from '@/lib/domain/states';
import { type Instant, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import type {
  AccountHoldings,
  Freshness,
  ProviderAccount,
  ProviderStatement,
} from '@/lib/providers/provider';
import { type AccountState, DAY_MS } from './account';
import { AccountCase, type DayVerdict, verdictFields } from './account-case';
import type { LineEvidence } from './evidence';
import type {
  AccountRecord,
  FillRecord,
  HoldingsRecord,
  LiveRecord,
  ObservationRecord,
  OutcomeRecord,
  Question,
  QuestionRecord,
  SightingRecord,
} from './record';

/** A value as it was reported, before anybody judged it. */
type Reported = Omit<Observation, 'verdict'>;

/**
 * What a fill has found so far. All of it is recorded, even when the rest fails. What is to be believed of it, and
 * what stays missing, is concluded when all of it is there.
 */
export class FillResult {
  private readonly accounts = new Map<string, AccountRecord>();
  private readonly cases = new Map<string, AccountCase>();
  private readonly observations = new Map<
    string,
    { readonly id: EvidenceId; readonly externalId: string; readonly reported: Reported }
  >();
  private readonly live: { readonly value: LiveRecord; readonly isBelieved: () => boolean }[] = [];
  private readonly notes: {
    readonly externalId: string;
    readonly date: TradingDate;
    readonly why: () => Why | null;
  }[] = [];
  private readonly outcomes = new Map<string, OutcomeRecord>();
  private readonly questions = new Map<string, QuestionRecord>();
  private readonly sightings: SightingRecord[] = [];
  private readonly holdings: HoldingsRecord[] = [];
  private readonly holdingsAsked: string[] = [];
  freshness: Freshness | null = null;
  /** Whether current values were asked for, with or without an answer. */
  totalsAsked = false;

  constructor(
    private readonly source: ProviderId,
    private readonly context: {
      readonly homeCurrency: Currency;
      readonly rules: ReconcileRules;
      readonly now: Date;
    },
  ) {}

  /** The evidence about an account and what follows from it. */
  caseOf({ externalId, known }: AccountState): AccountCase {
    let found = this.cases.get(externalId);
    if (found === undefined) {
      found = new AccountCase(externalId, known?.id ?? null, known?.evidence ?? null, this.context);
      this.cases.set(externalId, found);
    }
    return found;
  }

  addAccount(account: ProviderAccount): void {
    const { externalId, institutionAccountId, name, currency, category, isPaper, isOpen } = account;
    const movementsCollected = account.movementsCollected ?? null;
    this.accounts.set(externalId, {
      externalId,
      institutionAccountId,
      name,
      currency,
      category,
      isPaper,
      isOpen,
      movementsCollected,
    });
  }

  /** Notes what a healthy answer says of the account itself, or that it does not list it. */
  addSighting(state: AccountState): void {
    const { externalId, current } = state;
    const said =
      current === null
        ? { isListed: false, isOpen: null, category: null, isPaper: null, currency: null }
        : {
            isListed: true,
            isOpen: current.isOpen,
            category: current.category,
            isPaper: current.isPaper,
            // Beside a total it is that reading's, which may be older than this answer.
            currency: current.total === null ? current.currency : null,
          };
    this.caseOf(state).addSighting(said);
    this.sightings.push({ externalId, ...said });
  }

  /** A question about an account was answered. */
  answer(externalId: string, question: Question): void {
    this.questions.set(`${externalId} ${question}`, { externalId, question, retryAt: null, reason: null });
  }

  /** The provider answered that it does not have what was asked of an account. */
  lack(externalId: string, question: Question, lacks: NonNullable<QuestionRecord['lacks']>): void {
    this.questions.set(`${externalId} ${question}`, {
      externalId,
      question,
      retryAt: null,
      reason: null,
      lacks,
    });
  }

  /** A question about an account was refused, and is put again at an instant. */
  refuse(externalId: string, question: Question, reason: string, retryAt: Instant): void {
    this.questions.set(`${externalId} ${question}`, { externalId, question, retryAt, reason });
  }

  observe(state: AccountState, reported: Reported): EvidenceId {
    const { date, total, currency, kind, asOf } = reported;
    const id = this.caseOf(state).addReading({ date, total, currency, kind, asOf });
    this.observations.set(`${state.externalId} ${date} ${kind}`, {
      id,
      externalId: state.externalId,
      reported,
    });
    return id;
  }

  /** Keeps what an account held, where that was at a close: between two it belongs to no day. */
  addHoldings(externalId: string, holdings: AccountHoldings): void {
    const closed = latestClosedSession(holdings.asOf, 0);
    const date = sessionOfValue(holdings.asOf, closed, nextSession(closed.date));
    if (date !== null) this.holdings.push({ ...holdings, externalId, date, source: this.source });
  }

  /** An account was asked what it holds, and is not asked again for some time whatever the answer. */
  noteHoldingsAsked(externalId: string): void {
    this.holdingsAsked.push(externalId);
  }

  /** Notes the latest known value of an account, which is shown where it is believed. */
  addLive(value: Omit<LiveRecord, 'source'>, isBelieved: () => boolean): void {
    this.live.push({ value: { ...value, source: this.source }, isBelieved });
  }

  addStatement(state: AccountState, statement: ProviderStatement, from: TradingDate, to: TradingDate): void {
    this.caseOf(state).addStatement(statement, from, to);
  }

  /**
   * Notes why a day stays missing, unless it is filled after all. `why` is asked when all was found, in the order of the notes;
   * its null leaves what was noted before.
   */
  note(externalId: string, date: TradingDate, why: Why | (() => Why | null)): void {
    this.notes.push({ externalId, date, why: typeof why === 'function' ? why : () => why });
  }

  /** What is to be believed of an account's day; null when nothing was reported for it. To be asked when all was found. */
  verdictOnDay(externalId: string, date: TradingDate): DayVerdict | null {
    return this.cases.get(externalId)?.verdictOnDay(date) ?? null;
  }

  /** The verdict noted so far on the answer for an account's day. */
  detailOn(externalId: string, date: TradingDate): VerdictCode | null {
    return this.outcomes.get(`${externalId} ${date}`)?.detail ?? null;
  }

  get isWithoutAccounts(): boolean {
    return this.totalsAsked && this.accounts.size === 0;
  }

  /** Draws the conclusions. With `grown`, from evidence that has grown since. */
  toRecord(
    { runId, reach, phase }: Pick<FillRecord, 'runId' | 'reach' | 'phase'>,
    connection: Omit<FillRecord['connection'], 'freshness' | 'totalsAsked'>,
    grown: readonly LineEvidence[] = [],
  ): FillRecord {
    for (const evidence of grown)
      for (const one of this.cases.values()) if (one.lineId === evidence.lineId) one.renew(evidence);
    this.replayNotes();
    this.noteLostDays();
    const cases = [...this.cases.values()];
    const open = cases.filter(({ isOpen }) => isOpen);
    return {
      runId,
      reach,
      phase,
      connection: {
        ...connection,
        freshness: this.freshness,
        totalsAsked: this.totalsAsked,
      },
      accounts: [...this.accounts.values()],
      questions: [...this.questions.values()],
      observations: [...this.observations.values()].flatMap((one) => this.toObservation(one)),
      live: this.live.filter(({ isBelieved }) => isBelieved()).map(({ value }) => value),
      outcomes: [...this.outcomes.values()],
      sightings: this.sightings,
      holdings: this.holdings,
      holdingsAsked: this.holdingsAsked,
      statements: cases.flatMap(({ statementRecord }) => statementRecord ?? []),
      verdicts: open.flatMap((one) => one.changedVerdicts()),
      reconciled: open.map((one) => one.reconciled()),
      flows: open.flatMap((one) => one.flows()),
      spans: open.flatMap((one) => one.spans()),
    };
  }

  private replayNotes(): void {
    this.outcomes.clear();
    for (const { externalId, date, why } of this.notes) {
      if (this.verdictOnDay(externalId, date)?.accepted === true) continue;
      const noted = why();
      if (noted === null) continue;
      this.outcomes.set(`${externalId} ${date}`, {
        detail: null,
        final: false,
        nextAttemptAt: null,
        attemptsMax: null,
        ...noted,
        externalId,
        date,
      });
    }
  }

  /** A day whose value counted until now is missing from now on. */
  private noteLostDays(): void {
    const retryAt = toInstant(new Date(this.context.now.getTime() + DAY_MS));
    for (const [externalId, own] of this.cases)
      for (const { date, reason } of own.isOpen ? own.lostDays() : []) {
        const key = `${externalId} ${date}`;
        if (this.outcomes.has(key)) continue;
        const why = { reason: gapReasonOf(reason), detail: reason, final: false, nextAttemptAt: retryAt };
        this.outcomes.set(key, { ...why, attemptsMax: null, externalId, date });
      }
  }

  private toObservation({
    id,
    externalId,
    reported,
  }: {
    readonly id: EvidenceId;
    readonly externalId: string;
    readonly reported: Reported;
  }): readonly ObservationRecord[] {
    const verdict = this.cases.get(externalId)?.verdictOn(id) ?? null;
    if (verdict === null) return [];
    return [{ externalId, ref: id, ...reported, source: this.source, ...verdictFields(verdict) }];
  }
}

export interface Why {
  readonly reason: GapReason;
  readonly detail?: VerdictCode | null;
  readonly final?: boolean;
  readonly nextAttemptAt?: Instant | null;
  /** The outcome becomes final after this many attempts; null for never. */
  readonly attemptsMax?: number | null;
}
