import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { text } from '@/lib/db/rpc';
import { INBOX_ACTIONS, SNOOZE_HOURS } from '@/lib/domain/states';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { readJsonBody } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { requireSameOrigin, route } from '@/lib/http/route';
import { markInboxItem } from '@/lib/inbox/store';

export const dynamic = 'force-dynamic';

const HOUR_MS = 3_600_000;

const item = text(200);
const body = z.discriminatedUnion('action', [
  z.strictObject({ item, action: z.enum(INBOX_ACTIONS).exclude(['snooze']) }),
  z.strictObject({ item, action: z.literal('snooze'), hours: z.literal(SNOOZE_HOURS) }),
]);

/** What an administrator does with an item of the inbox: takes it on or back, puts it off or not, or is done with it. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireAdministrator(request, env());
  const given = await readJsonBody(request, body);
  const now = new Date();
  const until = given.action === 'snooze' ? new Date(now.getTime() + given.hours * HOUR_MS) : null;
  const mark = { item: given.item, action: given.action, actorId: userId, until };
  if (!(await markInboxItem(serviceClient(env()), mark, now)))
    throw new AppError('not_found', 'Nothing of that name waits any more.');
  return Response.json({ item: given.item }, { headers: { 'cache-control': 'no-store' } });
});
