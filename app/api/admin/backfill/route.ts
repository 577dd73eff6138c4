import { after } from 'next/server';
import { z } from 'zod';
import { minutesAtLimit } from '@/lib/backfill/read';
import { resolveScope, scopeFields, sourcesOff } from '@/lib/backfill/scope';
import { listBackfills, openBackfill, previewBackfill } from '@/lib/backfill/store';
import { serviceClient } from '@/lib/db/clients';
import { text } from '@/lib/db/rpc';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { backfillRequestsPerMinute, switchedOnProviders } from '@/lib/fill/wiring';
import { checkInput, readJsonBody } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { uuidPageQuery } from '@/lib/http/query';
import { requireSameOrigin, route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';
import { continueBackfills } from '@/lib/jobs/backfills';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

const body = z.strictObject({
  ...scopeFields,
  /** Why, for the audit log. */
  note: text(500).optional(),
  /** Only previews what it would be about and cost. */
  preview: z.boolean().default(false),
});

/**
 * Opens a backfill, which a worker begins once the answer is sent: 201, or 200 with the id of the one that is under way
 * for the same thing. With `preview` it changes nothing. What is missing only at sources that are switched off is refused.
 */
export const POST = route(async (request, requestId) => {
  requireSameOrigin(request);
  const { userId } = await requireAdministrator(request, env());
  const { preview, note, ...asked } = await readJsonBody(request, body);
  const client = serviceClient(env(), requestId);
  const now = new Date();
  const { scope, captureDay } = await resolveScope(client, asked, switchedOnProviders(env()), now);
  const previewed = await previewBackfill(client, scope, captureDay);
  if (preview) {
    const minutes = minutesAtLimit(previewed, backfillRequestsPerMinute(env()));
    return answer({ ...previewed, from: scope.from, to: scope.to, minutes }, 200);
  }
  const off = sourcesOff(previewed);
  if (off.length > 0)
    throw new AppError(
      'bad_request',
      `Nobody can be asked for what is missing: the source is switched off (${off.join(', ')}).`,
    );
  const opened = await openBackfill(client, scope, { by: userId, note: note ?? null }, now);
  after(() => continueBackfills(env(), requestId));
  return answer(opened, opened.created ? 201 : 200);
});

const query = z.strictObject(uuidPageQuery);

/** Backfills, newest first, with what has come of each. */
export const GET = route(async (request) => {
  const caller = await requireAdministrator(request, env());
  const { before, limit } = checkInput(Object.fromEntries(new URL(request.url).searchParams), query);
  const backfills = await listBackfills(serviceClient(env()), { before: before ?? null, limit });
  const next = backfills.length === limit ? (backfills.at(-1)?.id ?? null) : null;
  return answerTo(caller, { backfills, next });
});

function answer(document: object, status: number): Response {
  return Response.json(document, { status, headers: { 'cache-control': 'private, no-store' } });
}
