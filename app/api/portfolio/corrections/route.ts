import { z } from 'zod';
import { env } from '@/lib/env';
import { readCorrections } from '@/lib/history/store';
import { checkInput } from '@/lib/http/body';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { calendarDate, pageQuery } from '@/lib/http/query';
import { route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';

export const dynamic = 'force-dynamic';

const query = z.strictObject({ from: calendarDate.optional(), to: calendarDate.optional(), ...pageQuery });

/** Which published days of the caller changed, from what to what, when and why; newest first. */
export const GET = route(async (request) => {
  const caller = await requireCaller(request, env());
  const { userId, client } = caller;
  await enforceLimit('read', userId);
  const { from, to, before, limit } = checkInput(
    Object.fromEntries(new URL(request.url).searchParams),
    query,
  );
  const corrections = await readCorrections(client, {
    userId,
    from: from ?? null,
    to: to ?? null,
    beforeId: before ?? null,
    limit,
  });
  const next = corrections.length === limit ? (corrections.at(-1)?.id ?? null) : null;
  return answerTo(caller, { corrections, next });
});
