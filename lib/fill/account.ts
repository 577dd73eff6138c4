import { isAsset } from '@/lib/domain/judge-answer';
import type { TradingSession } from '@/lib/domain/nyse-calendar';
import type { ReconcileRules } from '@/lib/domain/reconcile/evidence';
import type { FillPhase, ReadsToday } from '@/lib/domain/schedule';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import type { Log } from '@/lib/log';
import type {
  AccountRef,
  ConnectionLink,
  PortfolioProvider,
  ProviderAccount,
} from '@/lib/providers/provider';
import type { RateBook } from './exchange-rates';
import type { ClaimedAccount, ClaimedConnection } from './store';

/** What is known of one account while its connection is filled: from before, and from the answer just given. */
export interface AccountState {
  readonly externalId: string;
  readonly known: ClaimedAccount | null;
  readonly current: ProviderAccount | null;
}

/** Accounts of the answer with what we know of them, then those we know that the answer left out. */
export function accountStates(
  connection: ClaimedConnection,
  answered: readonly ProviderAccount[],
): readonly AccountState[] {
  const known = new Map(connection.accounts.map((account) => [account.externalId, account]));
  const lines = new Map(connection.lines.map((line) => [line.institutionAccountId, line]));
  const answeredIds = new Set(answered.map((account) => account.externalId));
  return [
    ...answered.map((current) => {
      const { externalId } = current;
      const line =
        current.institutionAccountId === null ? undefined : lines.get(current.institutionAccountId);
      return { externalId, known: known.get(externalId) ?? continued(externalId, line), current };
    }),
    ...connection.accounts
      .filter((account) => !answeredIds.has(account.externalId))
      .map((account) => ({ externalId: account.externalId, known: account, current: null })),
  ];
}

/** What is known of an account under other ids holds under its new ones. */
function continued(
  externalId: string,
  line: ClaimedConnection['lines'][number] | undefined,
): ClaimedAccount | null {
  if (line === undefined) return null;
  const { institutionAccountId: _, ...facts } = line;
  // What else is to be asked of it is known once it is.
  const asked = {
    historyRefusedAt: null,
    importDue: false,
    movementsDue: false,
    movementsCollected: null,
    holdingsDue: false,
    backoffs: {},
  };
  return { ...facts, ...asked, id: null, externalId, isCounted: true, isClosed: false };
}

/** A debt, a paper account or a closed account has no value of its own in the portfolio. */
export function isCounted({ known, current }: AccountState): boolean {
  if (known !== null) return known.isCounted && !known.isClosed;
  return current !== null && isAsset(current) && current.isOpen;
}

export function refOf({ externalId, known, current }: AccountState): AccountRef {
  const movementsCollected = current?.movementsCollected ?? known?.movementsCollected ?? false;
  return { externalId, currency: current?.currency ?? known?.currency ?? null, movementsCollected };
}

/** What a connection's fill works with: the provider to ask, the day that is due, and the time, passed in. */
export interface FillContext {
  readonly provider: PortfolioProvider;
  readonly link: ConnectionLink;
  readonly runId: string;
  readonly phase: FillPhase;
  /** Today's readings of current values that nobody waited for, counting this one; null when somebody waits for it. */
  readonly reads: ReadsToday | null;
  /** The latest trading day that is due. */
  readonly latestDue: TradingSession;
  readonly now: Date;
  /** From where on an answer needs an explanation. */
  readonly rules: ReconcileRules;
  /** What parts in several currencies are added up by. */
  readonly rates: RateBook;
  /** Null where the operator does not pay for refreshes. */
  readonly refresh: RefreshLedger | null;
  readonly log: Log;
  /** In [0, 1), for the jitter of the back-off. */
  readonly random: number;
}

/** The earliest day that the provider can still be asked for. */
export function reachOf({ provider, latestDue }: FillContext): TradingDate {
  return addDays(latestDue.date, -provider.lookBackDays);
}

export const DAY_MS = 86_400_000;

/** Remembers which refreshes were asked for, since each of them costs the operator money. */
export interface RefreshLedger {
  /** Whether a connection's refresh for a trading day is still to be asked for; from now on it counts as asked for. */
  claim(connectionId: string, tradingDay: TradingDate): Promise<boolean>;
  /** Releases a claimed refresh, because the provider did not take the request. */
  release(connectionId: string, tradingDay: TradingDate): Promise<void>;
}
