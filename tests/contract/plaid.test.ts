import { toDate } from '@/lib/domain/trading-date';
import type { FaultEffect } from '@/lib/local/sandbox/faults';
import { accessTokenOf, plaidItem, plaidLinkOf, startPlaidHarness } from '@/tests/support/plaid-harness';
import { account, SANDBOX_KEYS } from '@/tests/support/scenario';
import { refOf } from '@/tests/support/snaptrade-harness';
import { type ContractSubject, describeProviderContract, type Trouble } from './provider-contract';

const MOVEMENTS = [
  { date: '2026-09-01', amount: '2500.5' },
  { date: '2026-09-15', amount: '-400' },
  { date: '2026-10-05', amount: '2500.5' },
] as const;

const ACTIVE = account({
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
});
const EMPTIED = account({
  id: 'emptied',
  flows: [
    { date: '2025-01-02', amount: '5000', type: 'CONTRIBUTION' },
    { date: '2026-11-02', amount: 'everything', type: 'WITHDRAWAL' },
  ],
});

const ITEMS = [
  plaidItem({ id: 'item-1', accounts: [ACTIVE] }),
  plaidItem({ id: 'item-2', accounts: [EMPTIED, account({ id: 'unknown' })] }),
  plaidItem({ id: 'item-3', accounts: [account({ id: 'lost' })], disabledSince: '2026-11-10T15:00:00Z' }),
];

const FAULTS: Readonly<Record<Trouble, FaultEffect>> = {
  rate_limit: { type: 'status', status: 429 },
  outage: { type: 'status', status: 400, code: 'INSTITUTION_DOWN' },
  silence: { type: 'timeout' },
  nonsense: { type: 'malformed' },
  user_unknown: { type: 'status', status: 400, code: 'INVALID_ACCESS_TOKEN' },
};

describeProviderContract('Plaid', async (): Promise<ContractSubject> => {
  const { sandbox, provider, shortTimeoutProvider, countGatePasses } = await startPlaidHarness(ITEMS, {
    faults: [{ id: 'no-total', match: { accountId: 'unknown' }, effect: { type: 'null_total' } }],
  });
  let current = provider;
  return {
    get provider() {
      return current;
    },
    link: plaidLinkOf('item-1'),
    brokenLink: plaidLinkOf('item-3'),
    brokenConnection: 'refuses',
    knownLink: plaidLinkOf('item-1'),
    refreshableLink: null,
    account: refOf('active'),
    unknownAccount: { link: plaidLinkOf('item-2'), account: refOf('unknown') },
    emptyAccount: { link: plaidLinkOf('item-2'), account: refOf('emptied') },
    hasValueHistory: false,
    accountWithoutHistory: { link: plaidLinkOf('item-1'), account: refOf('active') },
    range: { from: toDate('2026-08-01'), to: toDate('2026-11-20') },
    depositsAndWithdrawals: MOVEMENTS,
    secrets: [accessTokenOf('item-1'), SANDBOX_KEYS.consumerKey, 'http://'],
    countGatePasses,
    countRequests: () => sandbox.state.requests.length,
    cause: (trouble) => {
      sandbox.state.faults.add({ id: 'trouble', match: {}, effect: FAULTS[trouble] });
      // Only silence is waited for, so only then is it safe to wait briefly.
      if (trouble === 'silence') current = shortTimeoutProvider;
    },
    close: () => sandbox.close(),
  };
});
