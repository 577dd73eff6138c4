import { randomUUID } from 'node:crypto';
import { addMonths, type Instant } from '@/lib/domain/trading-date';
import { connectionSchema, type SandboxConnection, type SandboxUser } from './scenario';
import { utcDateOf } from './sync';

interface BrokerAccount {
  readonly name: string;
  /** What it was opened with, and what is paid in every month. */
  readonly start: number;
  readonly monthly: number;
  readonly investedShare: number;
  readonly category: 'INVESTMENT' | 'DEPOSIT';
}

/** A broker that the portal offers, and the accounts that whoever signs in there turns out to have. */
export interface PortalBroker {
  readonly name: string;
  readonly slug: string;
  readonly dataFreshness: SandboxConnection['dataFreshness'];
  /** Whether the broker tells its own ids of accounts, by which an account is known again after a new link. */
  readonly reportsAccountIds: boolean;
  readonly accounts: readonly BrokerAccount[];
}

export const PORTAL_BROKERS: readonly PortalBroker[] = [
  {
    name: 'Harbor Securities',
    slug: 'HARBOR-SECURITIES',
    dataFreshness: 'realtime',
    reportsAccountIds: true,
    accounts: [
      { name: 'Individual', start: 24_000, monthly: 350, investedShare: 0.85, category: 'INVESTMENT' },
      { name: 'Cash management', start: 5_200, monthly: 120, investedShare: 0, category: 'DEPOSIT' },
    ],
  },
  {
    name: 'Meadow Brokers',
    slug: 'MEADOW-BROKERS',
    dataFreshness: 'realtime',
    reportsAccountIds: false,
    accounts: [{ name: 'Roth IRA', start: 18_500, monthly: 500, investedShare: 1, category: 'INVESTMENT' }],
  },
  {
    name: 'Northwind Brokerage',
    slug: 'NORTHWIND-BROKERAGE',
    dataFreshness: 'realtime',
    reportsAccountIds: true,
    accounts: [
      { name: 'Individual', start: 41_000, monthly: 800, investedShare: 0.9, category: 'INVESTMENT' },
    ],
  },
  {
    name: 'Summit Invest',
    slug: 'SUMMIT-INVEST',
    dataFreshness: 'daily',
    reportsAccountIds: true,
    accounts: [
      { name: 'Traditional IRA', start: 63_000, monthly: 600, investedShare: 0.95, category: 'INVESTMENT' },
    ],
  },
];

const HISTORY_MONTHS = 24;

/**
 * What a new link of a user to a broker sees, under ids of its own. The accounts are those that the user has there
 * already, linked now or before, or else accounts opened two years ago over one of the scenario's instruments.
 */
export function linkBroker(
  user: SandboxUser,
  broker: PortalBroker,
  instrument: string | null,
  now: Instant,
): SandboxConnection {
  const known = [...user.formerConnections, ...user.connections].findLast(
    ({ institution }) => institution.slug === broker.slug,
  );
  const accounts = known?.accounts ?? broker.accounts.map((one) => openAccount(one, broker, instrument, now));
  return connectionSchema.parse({
    id: randomUUID(),
    institution: { name: broker.name, slug: broker.slug },
    dataFreshness: broker.dataFreshness,
    accounts: accounts.map((account) => ({ ...account, id: randomUUID() })),
  });
}

/** An account that its owner turns out to have had at a broker for two years. */
export function openAccount(
  account: BrokerAccount,
  broker: Pick<PortalBroker, 'reportsAccountIds'>,
  instrument: string | null,
  now: Instant,
) {
  const openedOn = addMonths(utcDateOf(now), -HISTORY_MONTHS);
  const deposits = Array.from({ length: HISTORY_MONTHS }, (_, month) => ({
    date: addMonths(openedOn, month),
    amount: String(month === 0 ? account.start : account.monthly),
    type: 'CONTRIBUTION' as const,
  }));
  return {
    institutionAccountId: broker.reportsAccountIds ? randomUUID() : null,
    name: account.name,
    category: account.category,
    openedOn,
    instrument: account.investedShare === 0 ? null : instrument,
    investedShare: account.investedShare,
    flows: deposits,
  };
}
