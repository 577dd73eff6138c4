import type { Currency } from './money';
import type { Instant, TradingDate } from './trading-date';

/** A connection as its owner sees it. */
export interface LinkedConnection {
  readonly id: string;
  readonly institution: string;
  /** `disabled`: the broker lets nobody in until its user signs in there again; `removed`: unlinked by its user. */
  readonly status: 'active' | 'disabled' | 'removed';
  /** Since when the broker lets nobody in; null while it does. */
  readonly disabledSince: Instant | null;
  readonly linkedAt: Instant;
  /** When the broker was last read; null when it never was. */
  readonly lastSuccessAt: Instant | null;
  /** Whether it is about to be read. */
  readonly isDue: boolean;
  readonly accounts: readonly LinkedAccount[];
}

/** One account of a connection. */
export interface LinkedAccount {
  readonly id: string;
  readonly name: string;
  readonly category: 'investment' | 'deposit' | 'credit';
  /** Null when the broker does not say. */
  readonly currency: Currency | null;
  readonly isPaper: boolean;
  readonly firstKnownOn: TradingDate;
  /** From this day on the account is no longer expected; null while it is. */
  readonly closedOn: TradingDate | null;
  /** Earlier accounts that are the same real account, whose line this one continues. */
  readonly continues: readonly { readonly name: string; readonly institution: string }[];
}

/** The question whether an account is the same real account as an earlier one, the candidate. */
export interface AccountMatch {
  readonly id: string;
  readonly account: { readonly id: string; readonly name: string; readonly institution: string };
  readonly candidate: {
    readonly id: string;
    readonly name: string;
    readonly institution: string;
    readonly lastValueOn: TradingDate | null;
  };
  readonly createdAt: Instant;
}
