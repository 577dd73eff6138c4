import { toDate } from '@/lib/domain/trading-date';
import type { FaultEffect } from '@/lib/local/sandbox/faults';
import { account, connection, SANDBOX_KEYS, scenario, user } from '@/tests/support/scenario';
import { linkOf, refOf, startSnapTradeHarness } from '@/tests/support/snaptrade-harness';
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
  instrument: 'SANDBOX-OTHER',
  investedShare: 1,
  flows: [
    { date: '2025-01-02', amount: '5000', type: 'CONTRIBUTION' },
    { date: '2026-11-02', amount: 'everything', type: 'WITHDRAWAL' },
  ],
});

const SCENARIO = scenario({
  users: [
    user({
      connections: [
        connection({
          accounts: [
            ACTIVE,
            EMPTIED,
            account({ id: 'unknown' }),
            account({ id: 'plain', historyEnabled: false }),
          ],
        }),
        connection({ id: 'daily', dataFreshness: 'daily', accounts: [account({ id: 'read-daily' })] }),
        connection({
          id: 'broken',
          disabledSince: '2026-11-10T15:00:00Z',
          accounts: [account({ id: 'cut-off' })],
        }),
      ],
    }),
  ],
  faults: [{ id: 'no-total', match: { accountId: 'unknown' }, effect: { type: 'null_total' } }],
});

const FAULTS: Readonly<Record<Trouble, FaultEffect>> = {
  rate_limit: { type: 'status', status: 429 },
  outage: { type: 'status', status: 503 },
  silence: { type: 'timeout' },
  nonsense: { type: 'malformed' },
  user_unknown: { type: 'status', status: 401 },
};

describeProviderContract('SnapTrade', async (): Promise<ContractSubject> => {
  const { sandbox, provider, shortTimeoutProvider, countGatePasses } = await startSnapTradeHarness(SCENARIO);
  let current = provider;
  return {
    get provider() {
      return current;
    },
    link: linkOf(),
    brokenLink: linkOf('broken'),
    brokenConnection: 'repeats',
    knownLink: linkOf('daily'),
    refreshableLink: linkOf('daily'),
    account: refOf('active'),
    unknownAccount: { link: linkOf(), account: refOf('unknown') },
    emptyAccount: { link: linkOf(), account: refOf('emptied') },
    hasValueHistory: true,
    accountWithoutHistory: { link: linkOf(), account: refOf('plain') },
    range: { from: toDate('2026-08-01'), to: toDate('2026-11-20') },
    depositsAndWithdrawals: MOVEMENTS,
    secrets: ['secret-of-user-1', 'user-1', 'Signature', 'http://', ...Object.values(SANDBOX_KEYS)],
    countGatePasses,
    countRequests: () => sandbox.state.requests.length,
    cause: (trouble) => {
      // Our own keys are known; only a refusal of the user says anything about the user.
      const match = trouble === 'user_unknown' ? { userId: 'user-1' } : {};
      sandbox.state.faults.add({ id: 'trouble', match, effect: FAULTS[trouble] });
      // Only silence is waited for, so only then is it safe to wait briefly.
      if (trouble === 'silence') current = shortTimeoutProvider;
    },
    close: () => sandbox.close(),
  };
});
