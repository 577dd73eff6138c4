import type { Amount, Currency } from '@/lib/domain/money';
import type { Category, MovementKind } from '@/lib/domain/reconcile/evidence';
import type { ProviderId } from '@/lib/domain/states';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';

/** The one port through which brokers are asked. Vendor types stay behind it. */
export interface PortfolioProvider {
  readonly id: ProviderId;
  /** How many calendar days back `valueHistory` can ever reach. */
  readonly lookBackDays: number;
  /** Whether each answer with current values tells of the connection itself, so that it need not be asked about that first. */
  readonly tellsHealth?: true;

  /**
   * Current values of all accounts of a connection. With `isLive` the provider is known to read the broker for this question,
   * so that what it says is as new as the question, whatever time it gives for its last daily reading. Throws `ProviderError`.
   */
  currentValues(link: ConnectionLink, isLive: boolean): Promise<ConnectionValues>;

  /**
   * Whether the broker still lets the provider in. Asked only when values do not tell and look stale, since a broken connection
   * keeps answering with its last cached state. Throws `ProviderError`.
   */
  connectionHealth(link: ConnectionLink): Promise<ConnectionHealth>;

  /**
   * Asks the provider to read the broker anew, for all accounts of a connection. The answer says that the request was
   * taken, or that a reading has just been made; the reading itself follows within minutes and may fail. May cost the
   * operator money. Throws `ProviderError`, `needs_reconnect` for a broken connection.
   */
  requestRefresh(link: ConnectionLink): Promise<Capability<void>>;

  /** Closing values of one account within the range, oldest first, no entry for a day that is not known. Throws `ProviderError`. */
  valueHistory(
    link: ConnectionLink,
    account: AccountRef,
    range: DateRange,
  ): Promise<Capability<ValueHistory>>;

  /**
   * All movements of cash and assets within the range, whatever is known of them. Where it is not known that the provider has
   * collected those of the account, it is asked first; before it has, the statement is not complete. Throws `ProviderError`.
   */
  cashFlows(
    link: ConnectionLink,
    account: AccountRef,
    range: DateRange,
  ): Promise<Capability<ProviderStatement>>;

  /**
   * All that an account holds, at the price of additional requests; not available where not all of it can be known. Left out where it
   * comes with the current values. Throws `ProviderError`.
   */
  holdings?(link: ConnectionLink, account: AccountRef): Promise<Capability<AccountHoldings>>;
}

/** How a user gives a provider access to their brokerages, and takes it back. The user does so on the provider's own pages. */
export interface ProviderLinking {
  readonly id: ProviderId;

  /**
   * Makes a user known to the provider under an id of ours. Returns the credentials document, which is told this once
   * and never again; null when the id is taken already. Throws `ProviderError`.
   */
  registerUser(userId: string): Promise<unknown | null>;

  /**
   * Makes the provider forget a user with everything that they linked, by the id that they were registered under alone; one
   * that it does not know is as good as forgotten. Throws `ProviderError`.
   */
  deleteUser(userId: string): Promise<void>;

  /**
   * The address of the provider's page on which the user links a brokerage, or with `reconnect` reconnects one. It is
   * good for minutes, once. Throws `ProviderError`.
   */
  portalLink(credentials: unknown, request: PortalRequest): Promise<string>;

  /** All connections that a user has at the provider, whether we know them or not. Throws `ProviderError`. */
  listConnections(credentials: unknown): Promise<readonly ListedConnection[]>;

  /** Makes the provider forget a connection; one that it does not know is as good as forgotten. Throws `ProviderError`. */
  deleteConnection(link: ConnectionLink): Promise<void>;
}

export interface PortalRequest {
  /** Where the browser comes back to, with the outcome in its query. */
  readonly returnTo: string;
  /** The provider's id of the connection to reconnect; null to link another one. */
  readonly reconnect: string | null;
}

export interface ListedConnection extends ConnectionHealth {
  readonly externalId: string;
  readonly institution: string;
}

/** How a user links logins in sessions on the provider's pages, where each login comes to have credentials of its own. */
export interface SessionLinking {
  readonly id: ProviderId;

  /** Opens a session, in which a user links a login or lets one work again. Throws `ProviderError`. */
  openSession(request: SessionRequest): Promise<OpenedSession>;

  /**
   * What came of a session. A login that was linked is handed out here, and by the provider never again; one that works again keeps its
   * credentials. Throws `ProviderError`.
   */
  sessionOutcome(session: unknown, reconnect: ConnectionLink | null): Promise<SessionOutcome>;

  /** Makes the provider forget a login and end its credentials; one that it does not know is as good as forgotten. Throws `ProviderError`. */
  deleteConnection(link: ConnectionLink): Promise<void>;
}

export interface SessionRequest {
  readonly userId: string;
  /** Where the browser comes back to. */
  readonly returnTo: string;
  /** Where the provider sends what happens to the login. */
  readonly eventsTo: string;
  /** The login that is to work again; null to link another one. */
  readonly reconnect: ConnectionLink | null;
}

export interface OpenedSession {
  /** The address of the provider's page. */
  readonly url: string;
  /** By which the outcome is asked for; as secret as credentials. */
  readonly session: unknown;
}

export type SessionOutcome =
  | { readonly state: 'open' }
  /** Nothing was linked: the user left, or with a `code`, the provider's own, something was in the way. */
  | { readonly state: 'left'; readonly code: string | null }
  | { readonly state: 'linked'; readonly login: LinkedLogin };

export interface LinkedLogin extends ListedConnection {
  readonly credentials: unknown;
}

/** How a user gives a provider access to an account of their own with keys. They end it at the broker, by deleting the keys. */
export interface KeyLinking {
  readonly id: ProviderId;
  /** Asks with the keys, once, which account they open. Throws `ProviderError` when that cannot be known now. */
  openAccount(keys: AccountKeys): Promise<OpenedAccount>;
}

/** A pair that an account's owner made at their broker. */
export interface AccountKeys {
  readonly keyId: string;
  readonly secretKey: string;
}

export type OpenedAccount =
  | {
      readonly opened: true;
      /** The provider's id of the account, the same whatever keys open it. */
      readonly accountId: string;
      readonly institution: string;
      /** The credentials document to keep. */
      readonly credentials: unknown;
    }
  /** `not_accepted`: the provider does not know the keys or the code; `not_permitted`: it does, and keeps them from this account. */
  | { readonly opened: false; readonly reason: 'not_accepted' | 'not_permitted' };

/**
 * How a user gives a provider access to an account of their own by signing in at their broker and allowing it there, as OAuth 2.0's
 * authorization code grant has it. They end it at the broker too.
 */
export interface OAuthLinking {
  readonly id: ProviderId;
  /** The address of the broker's page, to which a browser is sent and from which it comes back with `state`. Asks nobody. */
  authorizationUrl(request: AuthorizationRequest): string;
  /**
   * Exchanges what the browser brought back for a token, once, and asks which account it opens. Throws `ProviderError` when that
   * cannot be known now.
   */
  openAccount(grant: AuthorizationGrant): Promise<OpenedAccount>;
}

export interface AuthorizationRequest {
  /** Comes back as it is; nobody can guess it. */
  readonly state: string;
  /** Where the browser comes back to. */
  readonly returnTo: string;
}

export interface AuthorizationGrant {
  readonly code: string;
  /** Where the browser was to come back to, which the broker compares. */
  readonly returnTo: string;
}

/** What is needed to speak about one connection; `credentials` is the vendor's own document, decrypted. */
export interface ConnectionLink {
  readonly externalId: string;
  readonly credentials: unknown;
}

export interface AccountRef {
  /** The provider's id of the account, which changes when a user links anew. */
  readonly externalId: string;
  /** The account's currency when it is known, for answers that do not say theirs. */
  readonly currency: Currency | null;
  /** Whether the provider is known to have collected the account's movements once; only movements depend on it. */
  readonly movementsCollected?: boolean;
}

/** Both ends belong to the range. */
export interface DateRange {
  readonly from: TradingDate;
  readonly to: TradingDate;
}

/** A capability that a provider, a plan or a broker lacks is an answer, not an error and not an empty list. */
export type Capability<T> =
  | { readonly available: true; readonly value: T }
  | { readonly available: false; readonly reason: 'feature_not_enabled' | 'not_supported' };

export interface ConnectionValues {
  readonly accounts: readonly ProviderAccount[];
  /** Of a provider that `tellsHealth`. */
  readonly health?: ConnectionHealth;
}

export interface ConnectionHealth {
  readonly broken: boolean;
  /** Since when, if the provider says so. */
  readonly brokenSince: Instant | null;
  /** Whether current values are read at the broker when they are asked for, or are the answer of the last daily reading. */
  readonly freshness: Freshness;
}

export interface ProviderAccount {
  readonly externalId: string;
  /** The institution's own id of the account: stable across new links. Null when the institution gives none. */
  readonly institutionAccountId: string | null;
  readonly name: string;
  readonly institution: string;
  /** Null for one in a word that nobody knows, which may be a debt as well. */
  readonly category: Category | null;
  readonly isPaper: boolean;
  readonly isOpen: boolean;
  /**
   * The brokerage-reported total, or where there is none the total composed of cash and positions. Null means not known,
   * which is not zero.
   */
  readonly total: Amount | null;
  /** The part of the total that is cash, negative when borrowed; null when not known. */
  readonly cash: Amount | null;
  /** What the total cost, cash being its own cost; null when not known. */
  readonly costBasis: Amount | null;
  /** Null when the provider does not say. */
  readonly currency: Currency | null;
  /** When the broker was last read for this value; null when it never was. */
  readonly asOf: Instant | null;
  /** Whether the provider has collected the account's movements once after linking; left out where it does not say. */
  readonly movementsCollected?: boolean;
  /** Where the total is not known but its parts in several currencies are; left out elsewhere. */
  readonly parts?: readonly CurrencyPart[];
  /** Where the answer gives all that it holds, in one currency; left out elsewhere. */
  readonly holdings?: AccountHoldings;
}

/** All that an account holds in its one currency, as it was at an instant. */
export interface AccountHoldings {
  readonly asOf: Instant;
  readonly currency: Currency;
  readonly cash: Amount;
  readonly positions: readonly HeldPosition[];
}

export interface HeldPosition {
  /** The ticker of what is traded as a share; for anything else one that no share can have, such as `crypto:BTC`. */
  readonly symbol: string;
  /** Negative where sold short. */
  readonly units: Amount;
  /** What a unit was worth, where that can be taken for the close of the session before `asOf`; null elsewhere. */
  readonly close: Amount | null;
}

/** What an account holds in one currency. */
export interface CurrencyPart {
  readonly currency: Currency;
  readonly total: Amount;
  /** The part of it that is cash. */
  readonly cash: Amount;
  /** What it cost, cash being its own cost; null when not known. */
  readonly costBasis: Amount | null;
}

export const FRESHNESSES = ['realtime', 'daily'] as const;
export type Freshness = (typeof FRESHNESSES)[number];

export interface ValueHistory {
  readonly currency: Currency | null;
  readonly values: readonly { readonly date: TradingDate; readonly total: Amount }[];
}

/** Movements of one account as they were reported over a range: these, and no others. */
export interface ProviderStatement {
  /** False while the provider is still collecting what lies in the range. */
  readonly isComplete: boolean;
  /** Oldest first. */
  readonly rows: readonly ProviderMovement[];
}

export interface ProviderMovement {
  /** The broker's own reference, which parts of one order may share; null where there is none. */
  readonly reference: string | null;
  /** The provider's own word for what it is. */
  readonly vendorType: string;
  readonly kind: MovementKind;
  /** Signed, inflow into the account positive; null when it was not reported. */
  readonly amount: Amount | null;
  /** Null means the account's own. */
  readonly currency: Currency | null;
  readonly date: TradingDate;
  readonly description: string | null;
  /** What it changed in what the account holds; left out or null where nobody knows. */
  readonly holdings?: HoldingsMove | null;
}

/** What a movement changed in what an account holds. */
export interface HoldingsMove {
  /** As of a position; null where only cash moved. */
  readonly symbol: string | null;
  /** By how many units, incoming positive; null beside a symbol for a split, which prices tell. */
  readonly units: Amount | null;
  /** By how much the cash, in the currency of the movement. */
  readonly cash: Amount;
}

/** `keys_refused`: our own keys are wrong, which no user can fix. */
export type ProviderErrorKind =
  | 'needs_reconnect'
  | 'rate_limited'
  | 'unavailable'
  | 'bad_data'
  | 'keys_refused';

/** Thrown by a gate instead of waiting beyond the worker's time; whoever catches it leaves the rest to the next tick. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/** The few ways in which asking a provider fails. Its message never holds a secret or a URL. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';

  constructor(
    readonly kind: ProviderErrorKind,
    message: string,
    /** How long the provider asked us to wait, in milliseconds; null when it did not say. */
    readonly retryAfterMs: number | null = null,
    /** The provider's own id of the request, for its support. */
    readonly requestId: string | null = null,
  ) {
    super(message);
  }
}

/** Passed before every request; waits for the shared request budget, or throws when there is no time left to wait. */
export interface RequestGate {
  pass(): Promise<void>;
}
