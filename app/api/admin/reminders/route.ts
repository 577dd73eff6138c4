import { after } from 'next/server';
import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { text } from '@/lib/db/rpc';
import { PROVIDER_IDS } from '@/lib/domain/states';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { readJsonBody } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { requireSameOrigin, route } from '@/lib/http/route';
import { remindOwners } from '@/lib/messages/store';
import { runMessages } from '@/lib/messages/wiring';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

const body = z.strictObject({
  provider: z.enum(PROVIDER_IDS),
  institution: text(200).nullable(),
  reason: text(500),
});

/** Has the owners of broken connections reminded by e-mail, once each; recorded in the audit log. */
export const POST = route(async (request, requestId) => {
  requireSameOrigin(request);
  const { userId } = await requireAdministrator(request, env());
  const given = await readJsonBody(request, body);
  if (env().SMTP_URL === undefined)
    throw new AppError('unavailable', 'This installation sends no e-mail: set SMTP_URL and MAIL_FROM.');
  const users = await remindOwners(serviceClient(env()), { ...given, actorId: userId }, new Date());
  if (users === 0) throw new AppError('not_found', 'There is nobody left to remind.');
  const headers = new Headers(request.headers);
  after(() => runMessages(env(), requestId, headers));
  return Response.json({ users }, { headers: { 'cache-control': 'no-store' } });
});
