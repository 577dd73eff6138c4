import type { Kind } from '@/lib/domain/states';
import type { ExchangeRate } from '../exchange-rate';
import type { Amount, Currency } from '../money';
import type { Instant, TradingDate } from '../trading-date';

/** The id of one piece of evidence, by which a conclusion is mapped back to its row. It never decides anything. */
export type EvidenceId = string;

/** What somebody reported an account was worth after one session. */
export interface Reading {
  readonly id: EvidenceId;
  readonly date: TradingDate;
  readonly total: Amount;
  /** Null when it was not reported. */
  readonly currency: Currency | null;
  readonly kind: Kind;
  readonly asOf: Instant;
}

/** What a movement can be said to be; `other` moves nothing across the total (a purchase, a sale). */
export const KNOWN_MOVEMENT_KINDS = [
  'deposit',
  'withdrawal',
  'transfer',
  'dividend',
  'interest',
  'fee',
  'other',
] as const;
export type KnownMovementKind = (typeof KNOWN_MOVEMENT_KINDS)[number];

/** `unclassified` is a type that nobody knows. */
export type MovementKind = KnownMovementKind | 'unclassified';

/** One row of a statement, as it was reported. */
export interface MovementRow {
  readonly id: EvidenceId;
  /** The broker's own reference, where there is one. */
  readonly reference: string | null;
  readonly kind: MovementKind;
  /** Signed, into the account positive; null when no amount was reported. */
  readonly amount: Amount | null;
  /** Null means the account's own currency. */
  readonly currency: Currency | null;
  /** The booked date, which need not be a trading day. */
  readonly date: TradingDate;
  readonly description: string | null;
}

/** A successful reading of an account's movements: within the range these, and no others. */
export interface MovementStatement {
  readonly id: EvidenceId;
  readonly readAt: Instant;
  readonly from: TradingDate;
  readonly to: TradingDate;
  /** False while the provider is still collecting: such a statement adds and revises, and withdraws nothing. */
  readonly isComplete: boolean;
  readonly rows: readonly MovementRow[];
}

export const CATEGORIES = ['investment', 'deposit', 'credit'] as const;
export type Category = (typeof CATEGORIES)[number];

/** What one healthy answer of a connection said about the account itself, or that it did not list the account. */
export interface Sighting {
  readonly id: EvidenceId;
  readonly at: Instant;
  readonly isListed: boolean;
  /** False when the provider calls the account closed; null when it does not say, or does not list the account. */
  readonly isOpen: boolean | null;
  /** Null when not reported, or reported in a word that nobody knows. */
  readonly category: Category | null;
  readonly isPaper: boolean | null;
  readonly currency: Currency | null;
}

/** The sum of cash and positions that came beside a reading. */
export interface ComposedTotal {
  readonly id: EvidenceId;
  readonly date: TradingDate;
  readonly asOf: Instant;
  readonly total: Amount;
}

/** What a person decided; the newest decision on the same subject counts until it is taken back. */
export type Decision = { readonly id: EvidenceId; readonly at: Instant } & (
  | {
      readonly about: 'reading';
      readonly readingId: EvidenceId;
      readonly verdict: 'accept' | 'reject' | 'take_back';
    }
  | {
      readonly about: 'movement';
      /** Any row of the movement. */
      readonly rowId: EvidenceId;
      /** Null takes the classification back. */
      readonly as: { readonly kind: MovementKind; readonly amount: Amount } | null;
    }
  /** What the account is, which its provider calls by a word that nobody knows; null takes the answer back. */
  | { readonly about: 'category'; readonly category: Category | null }
  /** `from` is the first session on which the account is no more; null takes the end back. */
  | { readonly about: 'end'; readonly from: TradingDate | null }
  /** The provider announced that the account was removed. */
  | { readonly about: 'removal'; readonly from: TradingDate }
);

/** Everything that is known of one account over a window, in any order. */
export interface AccountEvidence {
  /** Captured and derived readings and the broker's own history alike; their kind tells which is which. */
  readonly observations: readonly Reading[];
  readonly statements: readonly MovementStatement[];
  readonly facts: readonly Sighting[];
  readonly corroboration: readonly ComposedTotal[];
  readonly decisions: readonly Decision[];
  /** Readings of earlier days were believed when more was known than is here, so they stand; null when everything is here. */
  readonly standsBefore: TradingDate | null;
  readonly rates: readonly ExchangeRate[];
  /** What the user's portfolio is shown in; it settles which of two currencies an account has when nothing else does. */
  readonly homeCurrency: Currency;
  /** Below this difference, in the account's currency, nothing is held; null when the user's total is not known. */
  readonly immaterial: Amount | null;
  readonly now: Instant;
}

/** From where on evidence needs an explanation; an operator may set other bounds. */
export interface ReconcileRules {
  /** How far a total may move between two readings without an explanation, as a factor either way. */
  readonly swingFactorMax: number;
  /** The share of unexplained zeros up to which a history is believed. */
  readonly zeroShareMax: number;
}

/** One evening's word is a claim, three sessions make a fact. */
export const SESSIONS_OF_A_FACT = 3;

/** Money shows in a value at most this many sessions before its booked date, and after it. */
export const EARLY_SESSIONS_MAX = 1;
export const LATE_SESSIONS_MAX = 5;
