import { createClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { filterClaimsToBackfill } from '@/lib/backfill/store';
import type { Database } from '@/lib/db/types';
import { runFill } from '@/lib/fill/run';
import { log } from '@/lib/log';
import { createTestWorker } from './test-worker';

/** A worker in a process of its own, for due work or for a backfill, for tests that kill it. All it needs comes in one JSON argument. */
const { supabaseUrl, secretKey, now, backfillId, ...rest } = z
  .object({
    supabaseUrl: z.string(),
    secretKey: z.string(),
    sandboxUrl: z.string(),
    credentialsKey: z.string(),
    now: z.string(),
    backfillId: z.string().optional(),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));

const client = createClient<Database>(supabaseUrl, secretKey, { auth: { persistSession: false } });
const clock = (): Date => new Date(now);
const worker = createTestWorker({ ...rest, client, clock, timeoutMs: 60_000, log });
const store =
  backfillId === undefined ? worker.store : filterClaimsToBackfill(worker.store, client, backfillId);
await runFill(
  {
    trigger: backfillId === undefined ? 'cron' : 'backfill',
    userId: null,
    asked: false,
    lookBackDays: null,
    concurrency: 2,
    stopAt: new Date(Date.parse(now) + 200_000),
  },
  { ...worker, store },
);
