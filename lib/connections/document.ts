import 'server-only';
import { z } from 'zod';
import { currency, date, instant, type Output } from '@/lib/db/rpc';
import { CATEGORIES } from '@/lib/domain/reconcile/evidence';
import { END_REASONS } from '@/lib/domain/reconcile/intervals';

/** One account of a connection. */
const linkedAccount = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Null for a kind that nobody knows, which does not count. */
  category: z.enum(CATEGORIES).nullable(),
  /** Null when the broker does not report it. */
  currency: currency.nullable(),
  isPaper: z.boolean(),
  firstKnownOn: date,
  /** From this day on the account is no longer expected; null while it is. */
  closedOn: date.nullable(),
  /** Why it ended; null while it is there, and for what its user unlinked. */
  endReason: z.enum(END_REASONS).nullable(),
  /** Whether it is or was an asset, and so has a value in the portfolio. */
  isCounted: z.boolean(),
  /** Earlier accounts that are the same real account, whose line this one continues. */
  continues: z.array(z.object({ name: z.string(), institution: z.string() })),
});
export type LinkedAccount = Output<typeof linkedAccount>;

/** A connection as its owner sees it. */
export const linkedConnection = z.object({
  id: z.uuid(),
  /** Through whom it is linked. */
  provider: z.string(),
  institution: z.string(),
  /** `disabled`: the broker lets nobody in until its user signs in there again; `paused`: its source is switched
   * off here; `removed`: unlinked by its user. */
  status: z.enum(['active', 'disabled', 'paused', 'removed']),
  /** Since when the broker lets nobody in; null while it does. */
  disabledSince: instant.nullable(),
  linkedAt: instant,
  /** When the broker was last read; null when it never was. */
  lastSuccessAt: instant.nullable(),
  /** Whether it is about to be read. */
  isDue: z.boolean(),
  accounts: z.array(linkedAccount),
});
export type LinkedConnection = Output<typeof linkedConnection>;

const account = z.object({ id: z.uuid(), name: z.string(), institution: z.string() });

/** The question whether an account is the same real account as an earlier one, the candidate. */
export const accountMatch = z.object({
  id: z.uuid(),
  account,
  candidate: account.extend({ lastValueOn: date.nullable() }),
  createdAt: instant,
});
export type AccountMatch = Output<typeof accountMatch>;

/**
 * Ways to link: on the provider's own pages, as somebody whom it knows or in a session for each login; or an account of one's own, by
 * allowing it at the broker or by keys that were made there.
 */
export type LinkWay = 'portal' | 'session' | 'oauth' | 'keys';

/** Somewhere that accounts can be linked from, and in which ways, the best one first. */
export interface LinkSource {
  readonly provider: string;
  readonly ways: readonly LinkWay[];
  /** Keys that open an account of the demo, for whoever wants to try; null outside of a demo. */
  readonly demoKeys: string | null;
}

/** Why allowing an account at its broker led to nothing, beside OAuth's own words for it. */
export type OAuthFailure =
  | 'STATE_NOT_KNOWN'
  | 'CODE_MISSING'
  | 'CODE_NOT_ACCEPTED'
  | 'READING_NOT_PERMITTED'
  | 'OTHER_ACCOUNT'
  | 'NOT_LINKED_ANY_MORE'
  | 'TRY_LATER';

/** What just happened to a user's connections, as the address of their page carries it. */
export type LinkNotice =
  | { readonly kind: 'linked' | 'reconnected' | 'unlinked'; readonly connectionId: string }
  | { readonly kind: 'failed'; readonly code: string | null }
  | {
      readonly kind:
        | 'abandoned'
        | 'unconfirmed'
        | 'joined'
        | 'kept_apart'
        | 'separated'
        | 'ended'
        | 'not_ended'
        | 'end_taken_back';
    };
