import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { requireSameOrigin, route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';
import { readSentFile } from '@/lib/imports/request';
import { readImports } from '@/lib/imports/store';
import { takeImport } from '@/lib/imports/take';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** The files of past values that the caller took in, newest first. */
export const GET = route(async (request) => {
  const caller = await requireCaller(request, env());
  await enforceLimit('read', caller.userId);
  return answerTo(caller, { imports: await readImports(caller.client, caller.userId) });
});

/** Takes in a file of past values. The same file twice changes nothing. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId, client } = await requireCaller(request, env());
  await enforceLimit('change', userId);
  const file = await readSentFile(request);
  const taken = await takeImport(
    { own: client, server: serviceClient(env()) },
    { userId, ...file },
    new Date(),
  );
  return Response.json(taken, { headers: { 'cache-control': 'no-store' } });
});
