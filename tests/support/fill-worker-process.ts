import { createClient } from '@supabase/supabase-js';
import { z } from 'zod';
import type { Database } from '@/lib/db/types';
import { runFill } from '@/lib/fill/run-fill';
import { log } from '@/lib/log';
import { createTestWorker } from './fill-worker';

/** A worker in a process of its own, for tests that kill it. All it needs comes in one JSON argument. */
const { supabaseUrl, secretKey, now, ...rest } = z
  .object({
    supabaseUrl: z.string(),
    secretKey: z.string(),
    sandboxUrl: z.string(),
    credentialsKey: z.string(),
    now: z.string(),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));

const client = createClient<Database>(supabaseUrl, secretKey, { auth: { persistSession: false } });
const clock = (): Date => new Date(now);
await runFill(
  {
    trigger: 'cron',
    userId: null,
    asked: false,
    lookBackDays: null,
    concurrency: 2,
    stopAt: new Date(Date.parse(now) + 200_000),
  },
  createTestWorker({ ...rest, client, clock, timeoutMs: 60_000, log }),
);
