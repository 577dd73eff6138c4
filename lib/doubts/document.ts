import 'server-only';
import { z } from 'zod';
import { amount, currency, date, instant, type Output } from '@/lib/db/rpc';
import { isZero } from '@/lib/domain/amount';
import type { Amount, Currency } from '@/lib/domain/money';
import { CATEGORIES, KNOWN_MOVEMENT_KINDS, type MovementKind } from '@/lib/domain/reconcile/evidence';
import type { HeldReason, Kind } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';

const count = z.number().int();

/** What somebody states an unknown movement to have been, as a request says it. */
export const classification = z
  .strictObject({
    kind: z.enum(KNOWN_MOVEMENT_KINDS),
    /** In the currency of the movement; into the account positive. */
    amount: z
      .string()
      .max(40)
      .regex(/^-?\d{1,15}(\.\d{1,10})?$/, 'is no amount, such as 1200 or -50.25')
      .pipe(amount),
  })
  .superRefine(({ kind, amount: said }, context) => {
    const refuse = (message: string): void => context.addIssue({ code: 'custom', path: ['amount'], message });
    const isNegative = said.startsWith('-');
    if (kind !== 'other' && isZero(said)) refuse('has to be more or less than zero');
    else if (kind === 'deposit' && isNegative) refuse('of a deposit is positive');
    else if (kind === 'withdrawal' && !isNegative) refuse('of a withdrawal is negative');
  });

/** A decision of a person about a user's evidence that counts. */
export const currentDecision = z.object({
  id: count,
  about: z.enum(['reading', 'movement', 'category']),
  /** The id of the observation, or of the row that reported the movement; null where it is about the account itself. */
  subject: count.nullable(),
  accountId: z.uuid(),
  account: z.string(),
  institution: z.string(),
  /** The trading day of the observation, the booked date, or the day of the decision. */
  date,
  /** What was reported of it; null when no amount was. */
  total: amount.nullable(),
  currency: currency.nullable(),
  /** What the broker calls the movement. */
  word: z.string().nullable(),
  verdict: z.enum(['accept', 'reject']).nullable(),
  kind: z.enum(KNOWN_MOVEMENT_KINDS).nullable(),
  amount: amount.nullable(),
  category: z.enum(CATEGORIES).nullable(),
  /** By e-mail address; null when that person is gone, or is not for the reader to know. */
  actor: z.string().nullable(),
  /** Whether the user whose account it is decided. */
  isOwner: z.boolean(),
  /** Null where it is not for the reader to know. */
  reason: z.string().nullable(),
  at: instant,
});
export type CurrentDecision = Output<typeof currentDecision>;

/** An account line about which something is open that a person could settle. */
export const lineInQuestion = z.object({
  lineId: z.uuid(),
  account: z.string(),
  institution: z.string(),
  /** The oldest day that is in question. */
  from: date,
  /** What the broker calls movements, by the ids of their rows. */
  words: z.record(z.string(), z.string()),
});
export type LineInQuestion = Output<typeof lineInQuestion>;

/** An account that its provider calls by a word nobody knows, so that it does not count. */
export const unnamedAccount = z.object({
  accountId: z.uuid(),
  account: z.string(),
  institution: z.string(),
  currency: currency.nullable(),
  since: date,
});
export type UnnamedAccount = Output<typeof unnamedAccount>;

/** A movement of which nobody knows what it was, or how much. */
export interface MovementQuestion {
  /** The newest row that reported it. */
  readonly rowId: number;
  readonly account: string;
  readonly institution: string;
  readonly bookedOn: TradingDate;
  readonly kind: MovementKind;
  /** What the broker calls it. */
  readonly word: string;
  readonly description: string | null;
  /** Null when no amount was reported. */
  readonly amount: Amount | null;
  readonly currency: Currency | null;
  /** The neighbouring values between which it makes every figure unknown; null where the value moved as on any day. */
  readonly hides: { readonly from: TradingDate; readonly to: TradingDate } | null;
}

/** One reading of an account, as it was reported. */
export interface ReportedValue {
  readonly date: TradingDate;
  readonly total: Amount;
  /** Null when it was not reported. */
  readonly currency: Currency | null;
}

/** One session of an account around a question: a value that counts, or one in question. */
export interface LineValue extends ReportedValue {
  readonly kind: Kind;
  readonly isInQuestion: boolean;
}

/** What was published of a day, and what would be; null for nothing. */
export interface DayEffect {
  readonly date: TradingDate;
  readonly now: Amount | null;
  readonly next: Amount | null;
}

/** Held readings of one reason in a row: one question, with the evidence that it can be answered by. */
export interface ReadingQuestion {
  readonly account: string;
  readonly institution: string;
  /** Whether the broker's own history is in question, and not what was read on the day. */
  readonly isHistory: boolean;
  readonly reason: HeldReason;
  readonly from: TradingDate;
  readonly to: TradingDate;
  /** Oldest first, never empty. */
  readonly readings: readonly (ReportedValue & { readonly id: number })[];
  /** The nearest values that count. */
  readonly before: ReportedValue | null;
  readonly after: ReportedValue | null;
  readonly movements: readonly {
    readonly key: string;
    readonly bookedOn: TradingDate;
    readonly kind: MovementKind;
    readonly amount: Amount | null;
    readonly currency: Currency | null;
  }[];
  /** Sessions around the question, oldest first. */
  readonly line: readonly LineValue[];
  /** The days of the user's history that either answer would change; null where nobody asked. */
  readonly effects: { readonly accept: readonly DayEffect[]; readonly reject: readonly DayEffect[] } | null;
}

/** What a person could settle about a user's evidence. */
export interface OpenQuestions {
  readonly movements: readonly MovementQuestion[];
  readonly readings: readonly ReadingQuestion[];
  readonly accounts: readonly UnnamedAccount[];
}

const published = z.array(z.object({ date, value: amount }));

/** What is published of some days, and what would be. */
export const publishedPreview = z.object({ now: published, next: published });
export type PublishedPreview = Output<typeof publishedPreview>;
