import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { requireSameOrigin, route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';
import { readSentFile } from '@/lib/imports/request';
import { previewImport } from '@/lib/imports/take';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** What taking in a file of past values would mean, row by row, and which days would change; nothing is taken in. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const caller = await requireCaller(request, env());
  const { userId, client } = caller;
  await enforceLimit('change', userId);
  const file = await readSentFile(request);
  const clients = { own: client, server: serviceClient(env()) };
  return answerTo(caller, await previewImport(clients, { userId, ...file }, new Date()));
});
