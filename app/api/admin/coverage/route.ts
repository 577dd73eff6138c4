import { z } from 'zod';
import { readDayCoverage, readGaps, readIncidents, readTrend } from '@/lib/coverage/read';
import { serviceClient } from '@/lib/db/clients';
import { capturePromise, env } from '@/lib/env';
import { checkInput } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';

export const dynamic = 'force-dynamic';

const query = z.strictObject({ days: z.coerce.number().int().min(1).max(365).default(30) });

/** Whether the last due trading day is complete, what is missing by what it has in common, what fails for many, and the trend. */
export const GET = route(async (request) => {
  const caller = await requireAdministrator(request, env());
  const { days } = checkInput(Object.fromEntries(new URL(request.url).searchParams), query);
  const client = serviceClient(env());
  const promise = capturePromise(env());
  const now = new Date();
  const [day, gaps, incidents, trend] = await Promise.all([
    readDayCoverage(client, promise, now),
    readGaps(client, days, now),
    readIncidents(client, promise, now),
    readTrend(client, now),
  ]);
  return answerTo(caller, { ...day, gaps, incidents, trend });
});
