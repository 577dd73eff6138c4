import type Decimal from 'decimal.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Exact, toAmount } from '@/lib/domain/money';
import { isTradingDay } from '@/lib/domain/nyse-calendar';
import { toDate } from '@/lib/domain/trading-date';
import {
  type AccountRef,
  type ConnectionLink,
  type DateRange,
  type PortfolioProvider,
  ProviderError,
  type ProviderErrorKind,
} from '@/lib/providers/provider';

/** What goes wrong at the far end, in the port's own words. */
export type Trouble = 'rate_limit' | 'outage' | 'silence' | 'nonsense' | 'user_unknown';

/** One account, and the connection that it is behind. */
export interface AccountPlace {
  readonly link: ConnectionLink;
  readonly account: AccountRef;
}

/** A provider with a far end that holds what the claims below need. */
export interface ContractSubject {
  readonly provider: PortfolioProvider;
  readonly link: ConnectionLink;
  /** A connection that the broker no longer serves: it `repeats` its last state, or `refuses` every question. */
  readonly brokenLink: ConnectionLink;
  readonly brokenConnection: 'repeats' | 'refuses';
  /** A connection all of whose accounts have totals that are known. */
  readonly knownLink: ConnectionLink;
  /** A connection for which a refresh can be asked, which for `link` it cannot; null where the provider has no refreshes. */
  readonly refreshableLink: ConnectionLink | null;
  /** An account of `link` with deposits and withdrawals within `range`, and with a value history if the provider has any at all. */
  readonly account: AccountRef;
  /** An account whose total nobody knows. */
  readonly unknownAccount: AccountPlace;
  /** An account with a total of exactly zero. */
  readonly emptyAccount: AccountPlace;
  /** Whether the provider keeps a record of past values at all. */
  readonly hasValueHistory: boolean;
  /** An account without the value-history capability; null where every account has it. */
  readonly accountWithoutHistory: AccountPlace | null;
  readonly range: DateRange;
  /** The movements of `account` within `range`, as the far end has them: positive is inward. */
  readonly depositsAndWithdrawals: readonly { readonly date: string; readonly amount: string }[];
  /** Texts that may appear in no error. */
  readonly secrets: readonly string[];
  countGatePasses(): number;
  countRequests(): number;
  cause(trouble: Trouble): void;
  close(): Promise<void>;
}

const sum = (parts: readonly (Decimal | string)[]): Decimal =>
  parts.reduce<Decimal>((total, part) => total.plus(part), new Exact(0));

/** The claims that every provider behind the port must keep. */
export function describeProviderContract(name: string, setUp: () => Promise<ContractSubject>): void {
  describe(`${name} keeps the provider contract`, () => {
    let subject: ContractSubject;

    beforeEach(async () => {
      subject = await setUp();
    });
    afterEach(() => subject.close());

    const readAccounts = async (link = subject.link) =>
      (await subject.provider.currentValues(link, true)).accounts;
    const readAt = async ({ link, account }: AccountPlace) =>
      (await readAccounts(link)).find(({ externalId }) => externalId === account.externalId);
    const readFlows = async () => {
      const flows = await subject.provider.cashFlows(subject.link, subject.account, subject.range);
      return flows.available ? flows.value.rows : [];
    };
    const readHistory = async () => {
      const history = await subject.provider.valueHistory(subject.link, subject.account, subject.range);
      return history.available ? history.value.values : [];
    };

    it('every known total is an exact decimal with a currency and an as-of', async () => {
      const known = (await readAccounts()).filter(({ total }) => total !== null);
      expect(known.length).toBeGreaterThan(0);
      for (const { total, currency, asOf } of known) {
        expect(total).toBe(toAmount(total ?? ''));
        expect(currency).toMatch(/^[A-Z]{3}$/);
        expect(asOf).toBe(new Date(asOf ?? '').toISOString());
      }
    });

    it('a total that nobody knows stays unknown and never becomes a zero', async () => {
      expect(await readAt(subject.unknownAccount)).toMatchObject({ total: null });
    });

    it('a true zero is a zero', async () => {
      expect(await readAt(subject.emptyAccount)).toMatchObject({ total: '0' });
    });

    it('values of a connection whose totals are all known cost one request', async () => {
      const { accounts } = await subject.provider.currentValues(subject.knownLink, true);
      expect(accounts).not.toEqual([]);
      expect(accounts.filter(({ total }) => total === null)).toEqual([]);
      expect(subject.countRequests()).toBe(1);
    });

    it('cash and cost of an account are exact decimals or unknown', async () => {
      for (const { cash, costBasis } of await readAccounts()) {
        for (const part of [cash, costBasis]) expect(part === null || part === toAmount(part)).toBe(true);
      }
    });

    it('value history holds trading days of the range only, oldest first, each once', async () => {
      const dates = (await readHistory()).map(({ date }) => date);
      if (!subject.hasValueHistory) return expect(dates).toEqual([]);
      expect(dates.length).toBeGreaterThan(10);
      expect(dates.filter((date) => !isTradingDay(date))).toEqual([]);
      expect(dates.filter((date) => date < subject.range.from || date > subject.range.to)).toEqual([]);
      expect(dates).toEqual([...new Set(dates)].sort());
    });

    it('lacking value history is an answer with a reason', async () => {
      const { provider, accountWithoutHistory: place, range } = subject;
      if (place === null) return;
      const history = await provider.valueHistory(place.link, place.account, range);
      expect(history).toEqual({
        available: false,
        reason: expect.stringMatching(/^(feature_not_enabled|not_supported)$/),
      });
    });

    it('movements are signed with inflow positive, within the range, oldest first', async () => {
      const flows = await readFlows();
      const crossing = flows.filter(({ kind }) => kind === 'deposit' || kind === 'withdrawal');
      expect(crossing.map(({ date, amount }) => ({ date, amount }))).toEqual(subject.depositsAndWithdrawals);
      const dates = flows.map(({ date }) => date);
      expect(dates).toEqual([...dates].sort());
    });

    it('what an account holds, where that is known, makes up its total, and its movements since the opening make up what it holds', async () => {
      const { provider, link, account, range } = subject;
      const current = await readAt({ link, account });
      const asked = await provider.holdings?.(link, account);
      const held = current?.holdings ?? (asked?.available === true ? asked.value : null);
      if (held === null) return;
      // What was traded is rounded by brokers, and so are prices.
      const near = (total: Decimal, expected: string) =>
        expect(total.minus(expected).abs().toNumber(), `${total} is not ${expected}`).toBeLessThan(0.1);
      const worth = held.positions.map(({ units, close }) => new Exact(units).times(close ?? Number.NaN));
      near(sum([...worth, held.cash]), current?.total ?? '');
      expect(held.currency).toBe(current?.currency);

      const since = { from: toDate('2025-01-01'), to: range.to };
      const flows = await provider.cashFlows(link, account, since);
      const moves = flows.available ? flows.value.rows.map(({ holdings }) => holdings) : [];
      expect(moves.filter((move) => move == null)).toEqual([]);
      near(sum(moves.map((move) => move?.cash ?? '0')), held.cash);
      for (const { symbol, units } of held.positions)
        near(sum(moves.map((move) => (move?.symbol === symbol ? (move.units ?? '0') : '0'))), units);
    });

    it('a statement says the same whenever it is read', async () => {
      expect(await readFlows()).toEqual(await readFlows());
    });

    it('a broken connection is known for one, whether it repeats its last state or refuses', async () => {
      const { provider, brokenLink, brokenConnection } = subject;
      const refusal = { name: 'ProviderError', kind: 'needs_reconnect' };
      if (brokenConnection === 'refuses') {
        await expect(provider.currentValues(brokenLink, true)).rejects.toMatchObject(refusal);
        await expect(provider.connectionHealth(brokenLink)).rejects.toMatchObject(refusal);
      } else {
        await expect(provider.currentValues(brokenLink, true)).resolves.toBeDefined();
        await expect(provider.connectionHealth(brokenLink)).resolves.toMatchObject({ broken: true });
      }
      const { health } = await provider.currentValues(subject.link, true);
      expect(health).toEqual(
        provider.tellsHealth ? await provider.connectionHealth(subject.link) : undefined,
      );
      await expect(provider.connectionHealth(subject.link)).resolves.toEqual({
        broken: false,
        brokenSince: null,
        freshness: expect.stringMatching(/^(realtime|daily)$/),
      });
    });

    it('a refresh is taken with one request, and asking for it again at once is no error', async () => {
      const { provider, refreshableLink } = subject;
      if (refreshableLink === null) return;
      expect(await provider.requestRefresh(refreshableLink)).toMatchObject({ available: true });
      expect(subject.countRequests()).toBe(1);
      expect(await provider.requestRefresh(refreshableLink)).toMatchObject({ available: true });
    });

    it('lacking refreshes is an answer with a reason', async () => {
      expect(await subject.provider.requestRefresh(subject.link)).toEqual({
        available: false,
        reason: expect.stringMatching(/^(feature_not_enabled|not_supported)$/),
      });
    });

    it('a broken connection cannot be refreshed before its user reconnects', async () => {
      if (subject.refreshableLink === null) return;
      await expect(subject.provider.requestRefresh(subject.brokenLink)).rejects.toMatchObject({
        kind: 'needs_reconnect',
      });
    });

    it('every request passes the gate', async () => {
      await readAccounts();
      await readHistory();
      await readFlows();
      await subject.provider.connectionHealth(subject.link);
      if (subject.refreshableLink !== null) await subject.provider.requestRefresh(subject.refreshableLink);
      expect(subject.countRequests()).toBeGreaterThanOrEqual(subject.refreshableLink === null ? 4 : 5);
      expect(subject.countGatePasses()).toBe(subject.countRequests());
    });

    const KIND_OF_TROUBLE: Readonly<Record<Trouble, ProviderErrorKind>> = {
      rate_limit: 'rate_limited',
      outage: 'unavailable',
      silence: 'unavailable',
      nonsense: 'bad_data',
      user_unknown: 'needs_reconnect',
    };
    const troubles = Object.entries(KIND_OF_TROUBLE) as [Trouble, ProviderErrorKind][];

    it.each(troubles)('%s is told as %s in every call, without a secret', async (trouble, kind) => {
      subject.cause(trouble);
      const { provider, link, refreshableLink, account, range } = subject;
      const calls = [
        () => provider.currentValues(link, true),
        () => provider.connectionHealth(link),
        ...(refreshableLink === null ? [] : [() => provider.requestRefresh(refreshableLink)]),
        // What a provider has for nobody is not asked for.
        ...(subject.hasValueHistory ? [() => provider.valueHistory(link, account, range)] : []),
        () => provider.cashFlows(link, account, range),
      ];
      for (const call of calls) {
        const error: unknown = await call().then(
          () => null,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(ProviderError);
        expect(error).toMatchObject({ kind });
        const told = tellEverything(error);
        for (const secret of subject.secrets) expect(told).not.toContain(secret);
      }
    });
  });
}

/** Everything a log could print of an error: its texts, its own fields, and those of its causes. */
function tellEverything(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const fields = Object.fromEntries(
    Object.getOwnPropertyNames(error).map((name) => [name, Reflect.get(error, name)]),
  );
  return `${JSON.stringify(fields)} ${error.cause === undefined ? '' : tellEverything(error.cause)}`;
}
