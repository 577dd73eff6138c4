import 'server-only';
import { z } from 'zod';
import { amount, currency, date, instant, type Output } from '@/lib/db/rpc';
import { isZero } from '@/lib/domain/amount';
import type { Amount, Currency } from '@/lib/domain/money';
import { KNOWN_MOVEMENT_KINDS, type MovementKind } from '@/lib/domain/reconcile/evidence';
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
export const standingDecision = z.object({
  id: count,
  about: z.enum(['reading', 'movement']),
  /** The id of the observation, or of the row that reported the movement. */
  subject: count,
  account: z.string(),
  institution: z.string(),
  /** The trading day of the observation, or the booked date. */
  date,
  /** What was reported of it; null when no amount was. */
  total: amount.nullable(),
  currency: currency.nullable(),
  /** What the broker calls the movement. */
  word: z.string().nullable(),
  verdict: z.enum(['accept', 'reject']).nullable(),
  kind: z.enum(KNOWN_MOVEMENT_KINDS).nullable(),
  amount: amount.nullable(),
  /** By e-mail address; null when that person is gone, or is not for the reader to know. */
  actor: z.string().nullable(),
  /** Whether the user whose account it is decided. */
  isOwner: z.boolean(),
  /** Null where it is not for the reader to know. */
  reason: z.string().nullable(),
  at: instant,
});
export type StandingDecision = Output<typeof standingDecision>;

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

/** What a person could settle about a user's evidence. */
export interface OpenQuestions {
  readonly movements: readonly MovementQuestion[];
}
