import { isAsset } from '@/lib/domain/judge-answer';
import type { Currency } from '@/lib/domain/money';
import type {
  EvidenceId,
  MovementStatement,
  Reading,
  ReconcileRules,
  Sighting,
} from '@/lib/domain/reconcile/evidence';
import { categoryAnswer, statusOf, valueOn } from '@/lib/domain/reconcile/intervals';
import { type Reconciliation, reconcile } from '@/lib/domain/reconcile/reconcile';
import type { ReadingVerdict } from '@/lib/domain/reconcile/verdicts';
import type { HeldReason } from '@/lib/domain/states';
import { type TradingDate, toInstant } from '@/lib/domain/trading-date';
import type { ProviderStatement } from '@/lib/providers/provider';
import { decisionsOf, factsOf, hasOpenDoubt, type LineEvidence, toAccountEvidence } from './evidence';
import { flowRecordsOf } from './flow-record';
import type {
  AccountName,
  AccountStatusRecord,
  FlowRecord,
  ReconciledRecord,
  SpanRecord,
  StatementRecord,
  VerdictRecord,
} from './record';
import { compareStatement } from './statement-news';

/** What is to be believed of a day so far. */
export type DayVerdict =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly reason: HeldReason };

export interface CaseContext {
  readonly homeCurrency: Currency;
  readonly rules: ReconcileRules;
  readonly now: Date;
}

/**
 * All evidence about one account while it is filled, from before and from just now, and the conclusions that follow from it. They
 * are drawn when they are asked for, and anew when something was found in between.
 */
export class AccountCase {
  private readonly readings: Reading[] = [];
  private statement: StatementRecord | null = null;
  private readStatement: MovementStatement | null = null;
  private sighting: Sighting | null = null;
  private concluded: Reconciliation | null = null;

  constructor(
    private readonly externalId: string,
    /** Null for an account that was met only now. */
    private readonly accountId: string | null,
    private stored: LineEvidence | null,
    private readonly context: CaseContext,
  ) {}

  /** Adds what was just reported for a day. Returns the id of its verdict: that of an earlier reading where nothing is new. */
  addReading(reported: Omit<Reading, 'id'>): EvidenceId {
    const known = this.stored?.readings.find((reading) => isSameReading(reading, reported));
    if (known !== undefined) return known.id;
    const id = `new ${this.externalId} ${this.readings.length}`;
    this.readings.push({ ...reported, id });
    this.concluded = null;
    return id;
  }

  addStatement(reported: ProviderStatement, from: TradingDate, to: TradingDate): void {
    const newest = this.stored?.statements.findLast(({ accountId }) => accountId === this.accountId) ?? null;
    const about = { externalId: this.externalId, readAt: toInstant(this.context.now), from, to };
    ({ record: this.statement, news: this.readStatement } = compareStatement(reported, newest, about));
    this.concluded = null;
  }

  /** Adds what the answer says of the account itself, or that it does not list it. */
  addSighting(said: Omit<Sighting, 'id' | 'at'>): void {
    this.sighting = { ...said, id: `new ${this.externalId} fact`, at: toInstant(this.context.now) };
    this.concluded = null;
  }

  /** Takes evidence that has grown meanwhile in place of what was known. */
  renew(stored: LineEvidence | null): void {
    this.stored = stored;
    this.concluded = null;
  }

  /** Whether anything may follow that did not follow before. */
  get isOpen(): boolean {
    return (
      this.readings.length > 0 ||
      this.readStatement !== null ||
      this.sighting !== null ||
      (this.stored !== null && hasOpenDoubt(this.stored))
    );
  }

  get conclusions(): Reconciliation {
    this.concluded ??= this.reconcileWith([]);
    return this.concluded;
  }

  verdictOn(id: EvidenceId): ReadingVerdict | null {
    return this.conclusions.verdicts.find((verdict) => verdict.id === id) ?? null;
  }

  /** Whether a reading that is no day's value would be believed. */
  wouldBelieve(reported: Omit<Reading, 'id'>): boolean {
    const id = `new ${this.externalId} now`;
    return this.reconcileWith([{ ...reported, id }]).verdicts.some(
      (verdict) => verdict.id === id && verdict.accepted,
    );
  }

  /** What is to be believed of a day; null when nothing was reported for it. */
  verdictOnDay(date: TradingDate): DayVerdict | null {
    const ids = new Set(
      [...(this.stored?.readings ?? []), ...this.readings]
        .filter((reading) => reading.date === date)
        .map(({ id }) => id),
    );
    if (ids.size === 0) return null;
    const verdicts = this.conclusions.verdicts.filter(({ id }) => ids.has(id));
    if (verdicts.some(({ accepted }) => accepted)) return { accepted: true };
    const reason = verdicts.at(-1)?.reason ?? null;
    return reason === null ? null : { accepted: false, reason };
  }

  /** Whether the account is an asset and there on a day; null where nothing was ever said of it. */
  countsOn(date: TradingDate): boolean | null {
    if (this.facts.length === 0) return null;
    const { isAsset: asset, ended } = this.conclusions.intervals;
    const end = ended.findLast(({ from }) => from <= date)?.value ?? null;
    return end === null ? valueOn(asset, date) : false;
  }

  /** Whether the newest answer did not list it. */
  get isLeftOut(): boolean {
    return this.facts.at(-1)?.isListed === false;
  }

  /** The line whose evidence this is; null for an account that was met only now. */
  get lineId(): string | null {
    return this.stored?.lineId ?? null;
  }

  get statementRecord(): StatementRecord | null {
    return this.statement;
  }

  /** Verdicts on stored readings that are other than they were. */
  changedVerdicts(): readonly VerdictRecord[] {
    const { stored } = this;
    if (stored === null) return [];
    const byId = new Map(this.conclusions.verdicts.map((verdict) => [verdict.id, verdict]));
    return stored.readings.flatMap((reading) => {
      const verdict = byId.get(reading.id);
      if (verdict === undefined || reading.date < stored.from) return [];
      const fields = verdictFields(verdict);
      const isSame =
        reading.verdict === fields.verdict &&
        reading.reason === fields.reason &&
        reading.settledBy === fields.settledBy;
      return isSame ? [] : [{ id: reading.id, ...fields }];
    });
  }

  /** Days that had a value which counts no more, without another one that does. */
  lostDays(): readonly { readonly date: TradingDate; readonly reason: HeldReason }[] {
    const changed = new Set(this.changedVerdicts().map(({ id }) => id));
    return (this.stored?.readings ?? []).flatMap(({ id, date, verdict }) => {
      const day = verdict === 'accepted' && changed.has(id) ? this.verdictOnDay(date) : null;
      return day === null || day.accepted ? [] : [{ date, reason: day.reason }];
    });
  }

  reconciled(): ReconciledRecord {
    const { stored, conclusions } = this;
    return {
      ...this.owner,
      lineId: stored?.lineId ?? null,
      version: stored?.version ?? null,
      from: this.from,
      currency: conclusions.intervals.currency.at(-1)?.value ?? null,
      status: this.status(),
    };
  }

  /** Whether it counts and until when; null where nobody ever said anything about that. */
  private status(): AccountStatusRecord | null {
    const { facts } = this;
    const decisions = decisionsOf(this.stored, this.accountId);
    if (facts.length === 0 && decisions.length === 0) return null;
    const { intervals, doubts } = this.conclusions;
    const { isAsset: asset, ...status } = statusOf(intervals);
    // The newest word that agrees with the conclusion: another one is a claim so far.
    const named = facts.findLast(
      ({ category, isPaper }) =>
        category !== null && isAsset({ category, isPaper: isPaper === true }) === asset,
    );
    const answered = named === undefined ? categoryAnswer(decisions) : null;
    return {
      ...status,
      category: named?.category ?? answered?.category ?? null,
      isUnnamed: doubts.some(({ kind }) => kind === 'category'),
      isPaper: named?.isPaper ?? null,
    };
  }

  private get facts(): readonly Sighting[] {
    const known = factsOf(this.stored, this.accountId);
    return this.sighting === null ? known : [...known, this.sighting];
  }

  flows(): readonly FlowRecord[] {
    const statements = [
      ...(this.stored?.statements ?? []),
      ...(this.readStatement === null ? [] : [{ ...this.readStatement, accountId: null }]),
    ];
    return flowRecordsOf(this.conclusions, statements, this.owner, this.from);
  }

  spans(): readonly SpanRecord[] {
    return this.conclusions.unknownSpans
      .filter(({ to }) => to >= this.from)
      .map(({ from, to, movementKeys }) => ({ ...this.owner, from, to, keys: movementKeys }));
  }

  private get owner(): AccountName {
    return this.accountId === null ? { externalId: this.externalId } : { accountId: this.accountId };
  }

  private get from(): TradingDate {
    return this.stored?.from ?? BEGINNING;
  }

  private reconcileWith(more: readonly Reading[]): Reconciliation {
    const { homeCurrency, rules, now } = this.context;
    const news = {
      readings: [...this.readings, ...more],
      statements: this.readStatement === null ? [] : [this.readStatement],
      facts: this.sighting === null ? [] : [this.sighting],
    };
    const about = { accountId: this.accountId, homeCurrency, now };
    return reconcile(toAccountEvidence(this.stored, news, about), rules);
  }
}

/** Before any evidence. */
const BEGINNING = '1900-01-01' as TradingDate;

/** A verdict in the words of the database. */
export function verdictFields({ accepted, reason, contradicts, settledBy }: ReadingVerdict) {
  const verdict = accepted ? ('accepted' as const) : reason === 'rejected' ? 'rejected' : 'held';
  return {
    verdict,
    reason: accepted ? null : reason,
    contradicts: contradicts.filter(isStored),
    // What a person rejected is settled by that decision, which is no reading.
    settledBy: verdict === 'held' ? settledBy : null,
  } as const;
}

/** Ids of the database are numbers; those of a fill under way are not. */
function isStored(id: EvidenceId): boolean {
  return /^\d+$/.test(id);
}

function isSameReading(known: Reading, reported: Omit<Reading, 'id'>): boolean {
  return (
    known.date === reported.date &&
    known.kind === reported.kind &&
    known.asOf === reported.asOf &&
    known.currency === reported.currency &&
    Number(known.total) === Number(reported.total)
  );
}
