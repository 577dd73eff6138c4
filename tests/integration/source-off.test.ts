import { describe, expect, it } from 'vitest';
import { readConnections } from '@/lib/connections/store';
import { alpacaAccount } from '../support/alpaca-harness';
import { linkOwnAccount } from '../support/key-linking';
import { listPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';
const WITHOUT_ALPACA = { sources: ['snaptrade'] } as const;

/** One account through SnapTrade and one at Alpaca, both captured on Thursday; then Alpaca is switched off. */
async function openSwitchedOff(): Promise<WorkerHarness> {
  const world = scenario({
    accounts: [account({ openedOn: '2026-11-16' })],
    alpacaAccounts: [alpacaAccount({ openedOn: '2026-11-16' })],
  });
  const harness = await harnesses.open(world);
  await linkOwnAccount(harness, harness.userId(), THURSDAY_NIGHT);
  await harness.tick(THURSDAY_NIGHT);
  harness.takeRequests();
  return harness;
}

async function statesOf({ stack, userId }: WorkerHarness) {
  const connections = await readConnections(stack.admin, userId());
  return Object.fromEntries(connections.map(({ provider, status, isDue }) => [provider, { status, isDue }]));
}

const newest = async ({ stack, userId }: WorkerHarness) => (await listPublished(stack, userId())).at(-1);

describe('a connection of a source that is switched off', () => {
  it('is paused, asked nothing, and no fault of any run, whoever asks', async () => {
    const harness = await openSwitchedOff();
    const runs = [
      await harness.tick(FRIDAY_NIGHT, { ...WITHOUT_ALPACA, trigger: 'user', userId: harness.userId() }),
      await harness.tick(FRIDAY_NIGHT, WITHOUT_ALPACA),
      await harness.tick(MONDAY_NIGHT, WITHOUT_ALPACA),
    ];
    expect(runs.map(({ status, counts }) => [status, counts.failed, counts.waiting])).toEqual(
      runs.map(() => ['complete', 0, 0]),
    );
    expect(harness.logged.filter((line) => line.includes('"error"'))).toEqual([]);
    expect(harness.takeRequests().some((asked) => asked.includes('alpaca'))).toBe(false);
    expect(await statesOf(harness)).toEqual({
      snaptrade: { status: 'active', isDue: false },
      alpaca: { status: 'paused', isDue: false },
    });
  });

  it('is carried like a broken one, then a gap that names the reason, and no broker is failing', async () => {
    const harness = await openSwitchedOff();
    await harness.tick(FRIDAY_NIGHT, WITHOUT_ALPACA);
    expect(await newest(harness)).toMatch(/^2026-11-20 .* estimated/);
    const { stack } = harness;
    const [gap] = await stack.service<{ reason: string }[]>`
      select reason from account_gaps(null, '2026-11-20', '2026-11-20', '2025-11-20')`;
    expect(gap?.reason).toBe('source_off');
    const { data: failing } = await stack.admin.rpc('institution_failures', {
      p_day: '2026-11-20',
      p_reach: '2025-11-20',
    });
    expect(failing).toMatchObject([{ provider: 'snaptrade', failures: [] }]);
    const { data: health } = await stack.admin.rpc('capture_health', { p_day: '2026-11-20' });
    expect(health).toMatchObject({ expected: 1, present: 1, brokenConnections: 0 });
  });

  it('goes on when its source is back, and what was missed is filled', async () => {
    const harness = await openSwitchedOff();
    await harness.tick(FRIDAY_NIGHT, WITHOUT_ALPACA);
    await harness.tick(MONDAY_NIGHT);
    expect(await statesOf(harness)).toMatchObject({ alpaca: { status: 'active' } });
    const days = await listPublished(harness.stack, harness.userId());
    expect(days.map((day) => day.split(' ')[0])).toContain('2026-11-20');
    expect(days.filter((day) => day.includes('estimated'))).toEqual([]);
  });
});
