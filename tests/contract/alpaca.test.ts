import { toDate } from '@/lib/domain/trading-date';
import type { FaultEffect } from '@/lib/local/sandbox/faults';
import {
  alpacaAccount,
  alpacaLinkOf,
  keysOf,
  startAlpacaHarness,
  tokenOf,
} from '@/tests/support/alpaca-harness';
import { refOf } from '@/tests/support/snaptrade-harness';
import { type ContractSubject, describeProviderContract, type Trouble } from './provider-contract';

const MOVEMENTS = [
  { date: '2026-09-01', amount: '2500.5' },
  { date: '2026-09-15', amount: '-400' },
  { date: '2026-10-05', amount: '2500.5' },
] as const;

const ACCOUNTS = [
  alpacaAccount({
    id: 'active',
    investedShare: 0.6,
    flows: [
      { date: '2025-01-02', amount: '10000', type: 'CONTRIBUTION' },
      ...MOVEMENTS.map((movement) => ({
        ...movement,
        type: movement.amount.startsWith('-') ? ('WITHDRAWAL' as const) : ('CONTRIBUTION' as const),
      })),
      { date: '2026-09-30', amount: '12.34', type: 'DIVIDEND' },
    ],
  }),
  alpacaAccount({
    id: 'emptied',
    investedShare: 1,
    flows: [
      { date: '2025-01-02', amount: '5000', type: 'CONTRIBUTION' },
      { date: '2026-11-02', amount: 'everything', type: 'WITHDRAWAL' },
    ],
  }),
  alpacaAccount({ id: 'unknown' }),
  alpacaAccount({
    id: 'revoked',
    keys: [{ ...keysOf('revoked'), revokedSince: '2026-11-10T15:00:00Z' }],
    tokens: [{ token: tokenOf('revoked'), revokedSince: '2026-11-10T15:00:00Z' }],
  }),
];

const FAULTS: Readonly<Record<Trouble, FaultEffect>> = {
  rate_limit: { type: 'status', status: 429 },
  outage: { type: 'status', status: 503 },
  silence: { type: 'timeout' },
  nonsense: { type: 'malformed' },
  user_unknown: { type: 'status', status: 401 },
};

describeProviderContract('Alpaca, by keys', () => openSubject(keysOf));
describeProviderContract('Alpaca, by OAuth', () =>
  openSubject((accountId) => ({ accessToken: tokenOf(accountId) })),
);

/** The accounts as whoever has one kind of credentials finds them. */
async function openSubject(credentialsOf: (accountId: string) => object): Promise<ContractSubject> {
  const linkOf = (accountId: string) => alpacaLinkOf(accountId, credentialsOf(accountId));
  const { sandbox, provider, shortTimeoutProvider, countGatePasses } = await startAlpacaHarness(ACCOUNTS, {
    faults: [{ id: 'no-total', match: { accountId: 'unknown' }, effect: { type: 'null_total' } }],
  });
  let current = provider;
  return {
    get provider() {
      return current;
    },
    link: linkOf('active'),
    brokenLink: linkOf('revoked'),
    brokenConnection: 'refuses',
    knownLink: linkOf('active'),
    refreshableLink: null,
    account: refOf('active'),
    unknownAccount: { link: linkOf('unknown'), account: refOf('unknown') },
    emptyAccount: { link: linkOf('emptied'), account: refOf('emptied') },
    hasValueHistory: true,
    accountWithoutHistory: null,
    range: { from: toDate('2026-08-01'), to: toDate('2026-11-20') },
    depositsAndWithdrawals: MOVEMENTS,
    secrets: ['KEY-OF-active', 'secret-key-of-active', 'token-of-active', 'http://'],
    countGatePasses,
    countRequests: () => sandbox.state.requests.length,
    cause: (trouble) => {
      sandbox.state.faults.add({ id: 'trouble', match: {}, effect: FAULTS[trouble] });
      // Only silence is waited for, so only then is it safe to wait briefly.
      if (trouble === 'silence') current = shortTimeoutProvider;
    },
    close: () => sandbox.close(),
  };
}
