import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';
import { undoImport } from '@/lib/imports/store';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** Undoes one of the caller's imports: its values are voided and count no more. */
export const DELETE = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  await enforceLimit('change', userId);
  const importId = pathId(request, -1);
  const undone =
    importId === null ? null : await undoImport(serviceClient(env()), { userId, importId }, new Date());
  if (undone === null)
    throw new AppError('not_found', 'You have no import with this id, or it is undone already.');
  return Response.json(undone, { headers: { 'cache-control': 'no-store' } });
});
