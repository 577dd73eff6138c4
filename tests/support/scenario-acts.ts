import { randomUUID } from 'node:crypto';
import { decideMatch, readOpenMatches, splitAccount, unlinkConnection } from '@/lib/connections/store';
import { judgeHeldValue, readHeldValues } from '@/lib/coverage/store';
import type { Instant } from '@/lib/domain/trading-date';
import { hintConnection } from '@/lib/webhooks/receive';
import type { FillBench } from './fill-bench';
import { idOf } from './link-again';
import type { ScenarioEvent } from './scenario-file';

/** The provider sends an event about a connection. */
export async function announce(
  bench: FillBench,
  { connection: externalId, at }: Extract<ScenarioEvent, { do: 'provider announces' }>,
): Promise<void> {
  const hint = { externalId, eventId: randomUUID(), eventType: 'ACCOUNT_HOLDINGS_UPDATED', happenedAt: at };
  await hintConnection(bench.stack.admin, 'snaptrade', hint, new Date(at));
}

/** The user answers the one open question about a match. */
export async function decide(bench: FillBench, confirm: boolean, at: Instant): Promise<void> {
  const userId = bench.userId();
  const [match] = await readOpenMatches(bench.stack.admin, userId);
  if (match === undefined) throw new Error('nothing is asked of the user');
  await decideMatch(bench.stack.admin, { userId, id: match.id, confirm }, new Date(at));
}

/** The user says that an account which was linked again is another one after all. */
export async function separate(
  bench: FillBench,
  event: Extract<ScenarioEvent, { do: 'user separates' }>,
): Promise<void> {
  const own = { userId: bench.userId(), id: await idOf(bench, 'accounts', `${event.account}-again`) };
  const parted = await splitAccount(bench.stack.admin, own, new Date(event.at));
  if (parted?.split !== true) throw new Error(`${event.account} is joined with nothing`);
}

/** The user removes a connection. */
export async function unlink(bench: FillBench, name: string, at: Instant): Promise<void> {
  const own = { userId: bench.userId(), id: await idOf(bench, 'brokerage_connections', name) };
  await unlinkConnection(bench.stack.admin, own, new Date(at));
}

const ADMINISTRATOR = '00000000-0000-4000-8000-00000000ad01';

/** An administrator gives the verdict on the value that is held of a day. */
export async function judgeHeld(
  bench: FillBench,
  event: Extract<ScenarioEvent, { do: 'administrator accepts' | 'administrator rejects' }>,
): Promise<void> {
  const held = await readHeldValues(bench.stack.admin, { beforeId: null, limit: 100 });
  const found = held.find(({ account, date }) => account === event.account && date === event.day);
  if (found === undefined) throw new Error(`nothing is held of ${event.account} on ${event.day}`);
  const accept = event.do === 'administrator accepts';
  await judgeHeldValue(
    bench.stack.admin,
    { id: found.id, accept, actorId: ADMINISTRATOR, reason: 'asked the broker' },
    new Date(event.at),
  );
}
