import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AppFacts, type LinkedUser, linkUserAt } from './linked-user';
import { changeStack } from './sandbox-control';

/** No tick asks for a user before this, so that a gap stays for whoever backfills it. */
export const NOT_BY_A_TICK = '2027-01-01T00:00:00Z';

/** A user who was linked on Monday, 2026-11-16, and never captured: five days are missing, and the broker has them. */
export function linkUserWithGap(app: AppFacts): Promise<LinkedUser> {
  return linkUserAt(app, {
    account: { openedOn: '2026-01-02' },
    knownSince: '2026-11-16',
    notBefore: NOT_BY_A_TICK,
    // Each at a brokerage of their own, so that several of them are no incident.
    institution: `Brokerage ${randomUUID().slice(0, 8)}`,
  });
}

/**
 * Lets a user's broker answer nobody, so that a backfill of them goes on and on. Linking somebody else later would put an
 * end to it.
 */
export async function stopAnswering({ status }: AppFacts, { id, connectionId }: LinkedUser): Promise<void> {
  await changeStack(status, 'POST', '/faults', {
    id: `unanswered-${id}`,
    effect: { type: 'status', status: 500 },
    match: { connectionId },
  });
}

/** Asks again until an answer is as it should be; throws with the last one after some time. */
export async function until<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`it never came: ${JSON.stringify(answer)}`);
    await sleep(50);
  }
}
