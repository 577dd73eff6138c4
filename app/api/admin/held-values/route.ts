import { z } from 'zod';
import { readHeldValues } from '@/lib/coverage/store';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { checkInput } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { pageQuery } from '@/lib/http/query';
import { route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';
import { recordViews } from '@/lib/operations/store';

export const dynamic = 'force-dynamic';

const query = z.strictObject(pageQuery);

/** Held observations, those that wait for a verdict first, each group newest first; for administrators. */
export const GET = route(async (request) => {
  const caller = await requireAdministrator(request, env());
  const { before, limit } = checkInput(Object.fromEntries(new URL(request.url).searchParams), query);
  const heldValues = await readHeldValues(serviceClient(env()), {
    beforeId: before ?? null,
    limit,
  });
  const userIds = [...new Set(heldValues.map(({ userId }) => userId))];
  await recordViews(serviceClient(env()), { actorId: caller.userId, userIds }, new Date());
  const next = heldValues.length === limit ? (heldValues.at(-1)?.id ?? null) : null;
  return answerTo(caller, { heldValues, next });
});
