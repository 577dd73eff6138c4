import type { Amount, Currency } from '@/lib/domain/money';
import type { Category, MovementKind, Sighting } from '@/lib/domain/reconcile/evidence';
import type { AccountStatus } from '@/lib/domain/reconcile/intervals';
import type { FillPhase } from '@/lib/domain/schedule';
import type { GapReason, HeldReason, Kind, ProviderId, VerdictCode } from '@/lib/domain/states';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import type { Freshness, ProviderMovement } from '@/lib/providers/provider';

/** Everything that one fill of a connection found: what `record_fill` records in one transaction. */
export interface FillRecord {
  readonly runId: string;
  /** The earliest day that the provider can still be asked for. */
  readonly reach: TradingDate;
  readonly phase: FillPhase;
  readonly connection: {
    readonly status: 'active' | 'disabled';
    readonly disabledSince: Instant | null;
    readonly retryAt: Instant | null;
    readonly attempts: number;
    readonly errorCode: string | null;
    readonly succeeded: boolean;
    /** How fresh its answers are, where it was asked. */
    readonly freshness: Freshness | null;
    readonly totalsAsked: boolean;
    /** Whether that was a reading for which nobody waited. */
    readonly isBackgroundRead: boolean;
  };
  readonly accounts: readonly AccountRecord[];
  readonly questions: readonly QuestionRecord[];
  readonly observations: readonly ObservationRecord[];
  readonly live: readonly LiveRecord[];
  readonly outcomes: readonly OutcomeRecord[];
  readonly statements: readonly StatementRecord[];
  readonly sightings: readonly SightingRecord[];
  /** Verdicts on stored observations that are other than they were. */
  readonly verdicts: readonly VerdictRecord[];
  readonly reconciled: readonly ReconciledRecord[];
  readonly flows: readonly FlowRecord[];
  readonly spans: readonly SpanRecord[];
}

export interface AccountRecord {
  readonly externalId: string;
  readonly institutionAccountId: string | null;
  readonly name: string;
  readonly currency: Currency | null;
  /** Null where nobody knows the word for it. */
  readonly category: Category | null;
  readonly isPaper: boolean;
  readonly isOpen: boolean;
  /** Whether the provider has collected its movements once; null where it does not say. */
  readonly movementsCollected: boolean | null;
}

/** A kind of question about one account, each with a back-off of its own; `import` is the first asking for the whole past. */
export type Question = 'movements' | 'history' | 'import';

export interface QuestionRecord {
  readonly externalId: string;
  readonly question: Question;
  /** When a question that was refused is put again; null for one that was answered. */
  readonly retryAt: Instant | null;
  /** Why it was refused. */
  readonly reason: string | null;
  /** Why the answer was that the provider does not have this; left out where it has. */
  readonly lacks?: 'feature_not_enabled' | 'not_supported';
}

/** Whether a reading counts; it is named by its id or, when it is new, by its `ref`. */
interface VerdictFields {
  readonly verdict: 'accepted' | 'held' | 'rejected';
  readonly reason: HeldReason | null;
  readonly contradicts: readonly string[];
  readonly settledBy: string | null;
}

export interface VerdictRecord extends VerdictFields {
  readonly id: string;
}

export interface ObservationRecord extends VerdictFields {
  readonly externalId: string;
  readonly ref: string;
  readonly date: TradingDate;
  readonly total: Amount;
  readonly cash: Amount | null;
  readonly costBasis: Amount | null;
  readonly currency: Currency | null;
  readonly kind: Kind;
  readonly source: ProviderId;
  readonly asOf: Instant;
}

export interface LiveRecord {
  readonly externalId: string;
  readonly total: Amount;
  readonly currency: Currency;
  readonly source: ProviderId;
  readonly asOf: Instant;
}

export interface OutcomeRecord {
  readonly externalId: string;
  readonly date: TradingDate;
  readonly reason: GapReason;
  /** The verdict on the answer behind the reason; null when there was no answer. */
  readonly detail: VerdictCode | null;
  readonly final: boolean;
  readonly nextAttemptAt: Instant | null;
  readonly attemptsMax: number | null;
}

/** The account that a conclusion is about: by our id, or by the provider's for one that was met only now. */
export type AccountName = { readonly accountId: string } | { readonly externalId: string };

/** What was reported of an account's movements over a range. */
export interface StatementRecord {
  readonly externalId: string;
  /** The stored statement with the same rows, which only covers more days; null for news. */
  readonly sameAs: string | null;
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly isComplete: boolean;
  /** Equal rows are numbered, since each is a movement. */
  readonly rows: readonly (ProviderMovement & { readonly nth: number })[];
}

/** What a healthy answer said of an account, or that it did not list it. */
export interface SightingRecord extends Omit<Sighting, 'id' | 'at'> {
  readonly externalId: string;
}

/** Whether an account counts and until when. */
export interface AccountStatusRecord extends Omit<AccountStatus, 'isAsset'> {
  /** Null leaves what is known. */
  readonly category: Category | null;
  /** Nobody knows its category, also when somebody once said what it is. */
  readonly isUnnamed: boolean;
  readonly isPaper: boolean | null;
}

/** An account about which conclusions were drawn, from which version of its evidence and since when. */
export type ReconciledRecord = AccountName & {
  readonly lineId: string | null;
  readonly version: string | null;
  readonly from: TradingDate;
  readonly currency: Currency | null;
  /** Null leaves what is known. */
  readonly status: AccountStatusRecord | null;
};

/** A movement as it counts. */
export type FlowRecord = AccountName & {
  readonly key: string;
  readonly date: TradingDate;
  readonly effectiveOn: TradingDate;
  readonly amount: Amount | null;
  readonly currency: Currency | null;
  readonly type: MovementKind;
  readonly isWithdrawn: boolean;
  readonly isUnknown: boolean;
  readonly description: string | null;
};

/** Two days between which a movement that nobody knows makes every figure unknown. */
export type SpanRecord = AccountName & {
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly keys: readonly string[];
};
