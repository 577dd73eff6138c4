import { z } from 'zod';
import { readBackfillDocument } from '@/lib/backfill/read';
import { cancelBackfill } from '@/lib/backfill/store';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { checkInput } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { uuidPageQuery } from '@/lib/http/query';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';

export const dynamic = 'force-dynamic';

const query = z.strictObject({ after: z.uuid().optional(), limit: uuidPageQuery.limit });

/** How a backfill stands and what came of each day, a page of accounts at a time. */
export const GET = route(async (request) => {
  const caller = await requireAdministrator(request, env());
  const page = checkInput(Object.fromEntries(new URL(request.url).searchParams), query);
  const id = pathId(request, -1);
  const document =
    id === null
      ? null
      : await readBackfillDocument(serviceClient(env()), id, { ...page, after: page.after ?? null });
  if (document === null) throw new AppError('not_found', 'There is no backfill with this id.');
  return answerTo(caller, document);
});

/** Cancels a backfill: nothing more is asked for, and what was filled stays. */
export const DELETE = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireAdministrator(request, env());
  const id = pathId(request, -1);
  const cancelled =
    id !== null && (await cancelBackfill(serviceClient(env()), id, { by: userId, note: null }, new Date()));
  if (!cancelled)
    throw new AppError('not_found', 'No backfill with this id is under way; it may have ended already.');
  return Response.json({ cancelled }, { headers: { 'cache-control': 'no-store' } });
});
