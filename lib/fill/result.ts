import type { Amount } from '@/lib/domain/money';
import type { GapReason, Observation, VerdictCode } from '@/lib/domain/states';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import type { ProviderAccount, ProviderCashFlow, ProviderId } from '@/lib/providers/provider';
import type {
  AccountRecord,
  FillRecord,
  FlowRecord,
  LiveRecord,
  ObservationRecord,
  OutcomeRecord,
  Question,
  QuestionRecord,
} from './store';

/** A fill under way: what was learned so far. All of it is recorded, even when the rest fails. */
export class Draft {
  private readonly accounts = new Map<string, AccountRecord>();
  private readonly observations = new Map<string, ObservationRecord>();
  private readonly live: LiveRecord[] = [];
  private readonly outcomes = new Map<string, OutcomeRecord>();
  private readonly flows: FlowRecord[] = [];
  private readonly released: number[] = [];
  private readonly questions = new Map<string, QuestionRecord>();
  historyCapability: FillRecord['connection']['historyCapability'] = null;
  /** Whether current values were asked for, with or without an answer. */
  totalsAsked = false;

  constructor(private readonly source: ProviderId) {}

  addAccount(account: ProviderAccount): void {
    const { externalId, institutionAccountId, name, currency, category, isPaper, isOpen } = account;
    this.accounts.set(externalId, {
      externalId,
      institutionAccountId,
      name,
      currency,
      category,
      isPaper,
      isOpen,
    });
  }

  /** A question about an account was answered. */
  answer(externalId: string, question: Question): void {
    this.questions.set(`${externalId} ${question}`, { externalId, question, retryAt: null, reason: null });
  }

  /** A question about an account was refused, and is put again at an instant. */
  refuse(externalId: string, question: Question, reason: string, retryAt: Instant): void {
    this.questions.set(`${externalId} ${question}`, { externalId, question, retryAt, reason });
  }

  observe(externalId: string, observation: Observation): void {
    const { verdict, ...said } = observation;
    this.observations.set(`${externalId} ${said.date} ${said.kind}`, {
      externalId,
      ...said,
      source: this.source,
      verdict: verdict.accepted ? 'accepted' : 'held',
      reason: verdict.accepted ? null : verdict.reason,
    });
  }

  addLive(value: Omit<LiveRecord, 'source'>): void {
    this.live.push({ ...value, source: this.source });
  }

  /** The account's present total, if it was believed. */
  believedTotal(externalId: string): Amount | null {
    return this.live.find((value) => value.externalId === externalId)?.total ?? null;
  }

  addFlows(externalId: string, flows: readonly ProviderCashFlow[]): void {
    for (const flow of flows) this.flows.push({ externalId, ...flow });
  }

  /** Lets held observations count after all. */
  release(ids: readonly number[]): void {
    this.released.push(...ids);
  }

  /** Notes why a day stays missing, unless it was filled after all. */
  note(externalId: string, date: TradingDate, why: Why): void {
    if (this.observationOn(externalId, date)?.verdict === 'accepted') return;
    this.outcomes.set(`${externalId} ${date}`, {
      detail: null,
      final: false,
      nextAttemptAt: null,
      attemptsMax: null,
      ...why,
      externalId,
      date,
    });
  }

  /** What was said of an account's day so far, the accepted word first; null when nothing was. */
  observationOn(externalId: string, date: TradingDate): ObservationRecord | null {
    const said = [
      this.observations.get(`${externalId} ${date} daily_eod`),
      this.observations.get(`${externalId} ${date} reconstructed`),
    ].filter((observation) => observation !== undefined);
    return said.find(({ verdict }) => verdict === 'accepted') ?? said[0] ?? null;
  }

  /** The verdict noted so far on the answer for an account's day. */
  detailOn(externalId: string, date: TradingDate): VerdictCode | null {
    return this.outcomes.get(`${externalId} ${date}`)?.detail ?? null;
  }

  get isWithoutAccounts(): boolean {
    return this.totalsAsked && this.accounts.size === 0;
  }

  toRecord(
    { runId, reach, phase }: Pick<FillRecord, 'runId' | 'reach' | 'phase'>,
    connection: Omit<FillRecord['connection'], 'historyCapability' | 'totalsAsked'>,
  ): FillRecord {
    return {
      runId,
      reach,
      phase,
      connection: {
        ...connection,
        historyCapability: this.historyCapability,
        totalsAsked: this.totalsAsked,
      },
      accounts: [...this.accounts.values()],
      questions: [...this.questions.values()],
      observations: [...this.observations.values()],
      live: this.live,
      outcomes: [...this.outcomes.values()],
      flows: this.flows,
      released: this.released,
    };
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
