import { linkUserWithGap, stopAnswering } from './backfill-harness';
import type { AppFacts, LinkedUser } from './linked-user';

/** E-mail addresses of the users whom the browser tests of one device may backfill. */
export interface UsersToBackfill {
  readonly gap: string;
  readonly unanswered: string;
}

/**
 * Links users for the browser tests, in a process of its own because their runner cannot load modules of the server. The
 * app's facts come in one JSON argument; what is printed names whom each device may backfill, since a gap closes only once.
 */
const app = JSON.parse(process.argv[2] ?? '') as AppFacts;
const users: Record<string, UsersToBackfill> = {};
const unanswered: LinkedUser[] = [];
for (const device of ['desktop', 'phone']) {
  const [gap, another] = [await linkUserWithGap(app), await linkUserWithGap(app)];
  users[device] = { gap: gap.email, unanswered: another.email };
  unanswered.push(another);
}
for (const user of unanswered) await stopAnswering(app, user);
process.stdout.write(JSON.stringify(users));
