import 'server-only';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { requireCaller } from '@/lib/http/caller';
import { pathId, requireSameOrigin } from '@/lib/http/route';
import type { OwnManualAccount } from './store';

/** The caller and the id of an account at a place of the path, of a request that changes it. Whether it is theirs shows by then. */
export async function requireOwnAccount(request: Request, place: number): Promise<OwnManualAccount> {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  const accountId = pathId(request, place);
  if (accountId === null) throw new AppError('not_found', 'You keep no account with this id by hand.');
  return { userId, accountId };
}
