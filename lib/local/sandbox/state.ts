import { type Instant, toInstant } from '@/lib/domain/trading-date';
import { AlpacaGrants } from './alpaca/grants';
import { FaultBook, type Operation } from './faults';
import { createMarket, type Market } from './market';
import { PlaidLinks } from './plaid/links';
import { PortalSessions } from './portal-sessions';
import { RollingRateLimit } from './rate-limit';
import { readRealCloses } from './real-closes';
import type { SandboxPlaidItem, SandboxUser, Scenario } from './scenario';

/** One answered request. Secrets and signature are left out. */
export interface LoggedRequest {
  /** By the sandbox's clock. */
  readonly at: Instant;
  readonly operation: Operation;
  readonly userId: string | null;
  readonly connectionId: string | null;
  readonly accountId: string | null;
  readonly query: Readonly<Record<string, string>>;
  /** Null when no answer was given, as in a timeout. */
  readonly status: number | null;
}

/** The newest requests are kept, so that a sandbox that runs for weeks does not grow. */
const LOGGED_REQUESTS_MAX = 20_000;

/** Everything that changes while the sandbox runs. */
export class SandboxState {
  readonly faults: FaultBook;
  readonly rateLimit = new RollingRateLimit();
  /** When a connection was last refreshed by request. */
  readonly refreshedAt = new Map<string, Instant>();
  readonly portalSessions = new PortalSessions();
  readonly plaidLinks = new PlaidLinks();
  readonly alpacaGrants = new AlpacaGrants();
  private current: Scenario;
  private currentMarket: Market;
  private pinnedAt: Instant | null = null;
  private log: LoggedRequest[] = [];

  constructor(
    scenario: Scenario,
    private readonly readClock: () => Date,
    /** Told of every scenario that takes the place of the one before. */
    private readonly onChange: (scenario: Scenario) => void = () => {},
  ) {
    this.current = scenario;
    this.currentMarket = createMarket(scenario.instruments, readRealCloses());
    this.faults = new FaultBook(scenario.faults);
  }

  get scenario(): Scenario {
    return this.current;
  }

  get market(): Market {
    return this.currentMarket;
  }

  get requests(): readonly LoggedRequest[] {
    return this.log;
  }

  get isPinned(): boolean {
    return this.pinnedAt !== null;
  }

  now(): Instant {
    return this.pinnedAt ?? toInstant(this.readClock());
  }

  /** Stops the clock at an instant; null lets it run again. */
  pinClock(instant: Instant | null): void {
    this.pinnedAt = instant;
  }

  /** Puts a whole new scenario in place, with its faults; the clock and the request log stay. */
  replaceScenario(scenario: Scenario): void {
    this.current = scenario;
    this.currentMarket = createMarket(scenario.instruments, readRealCloses());
    this.faults.replace(scenario.faults);
    this.refreshedAt.clear();
    this.portalSessions.clear();
    this.plaidLinks.clear();
    this.alpacaGrants.clear();
    this.onChange(this.current);
  }

  /** Changes users in place; faults in force and refreshes stay. */
  replaceUsers(users: Scenario['users']): void {
    this.current = { ...this.current, users };
    this.onChange(this.current);
  }

  /** Puts a user in the place of the one with the same id. */
  replaceUser(user: SandboxUser): void {
    this.replaceUsers(this.current.users.map((one) => (one.userId === user.userId ? user : one)));
  }

  /** Puts an item in the place of the one with the same id, or beside the others where it is new. */
  putPlaidItem(item: SandboxPlaidItem): void {
    const { plaidItems } = this.current;
    const isKnown = plaidItems.some(({ id }) => id === item.id);
    this.replacePlaidItems(
      isKnown ? plaidItems.map((one) => (one.id === item.id ? item : one)) : [...plaidItems, item],
    );
  }

  /** Changes the items at Plaid in place. */
  replacePlaidItems(plaidItems: Scenario['plaidItems']): void {
    this.current = { ...this.current, plaidItems };
    this.onChange(this.current);
  }

  /** Lets a token open an account at Alpaca, beside those that do. */
  allowAtAlpaca(accountId: string, token: string): void {
    const allowed = { token, revokedSince: null };
    this.replaceAlpacaAccounts(
      this.current.alpacaAccounts.map((one) =>
        one.id === accountId ? { ...one, tokens: [...one.tokens, allowed] } : one,
      ),
    );
  }

  /** Changes the accounts at Alpaca in place. */
  replaceAlpacaAccounts(alpacaAccounts: Scenario['alpacaAccounts']): void {
    this.current = { ...this.current, alpacaAccounts };
    this.onChange(this.current);
  }

  logRequest(request: LoggedRequest): void {
    this.log.push(request);
    if (this.log.length > LOGGED_REQUESTS_MAX) this.log.shift();
  }

  clearRequests(): void {
    this.log = [];
  }
}
