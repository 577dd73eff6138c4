import { Cron } from 'croner';
import { z } from 'zod';

const vercelConfig = z.object({ crons: z.array(z.object({ path: z.string(), schedule: z.string() })) });

export interface ScheduledJob {
  readonly path: string;
  readonly schedule: string;
}

/** The jobs of a `vercel.json`. */
export function readJobs(text: string): readonly ScheduledJob[] {
  return vercelConfig.parse(JSON.parse(text)).crons;
}

/** Calls each job's path at its times in UTC, as the platform would; returns what stops it. */
export function playSchedule(
  jobs: readonly ScheduledJob[],
  call: (path: string) => Promise<void>,
): () => void {
  const playing = jobs.map(({ path, schedule }) => new Cron(schedule, { timezone: 'UTC' }, () => call(path)));
  return () => {
    for (const job of playing) job.stop();
  };
}
