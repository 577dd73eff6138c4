import { CircleCheckIcon, TriangleAlertIcon } from 'lucide-react';
import { headers } from 'next/headers';
import { serviceClient } from '@/lib/db/clients';
import { capturePromise, env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { enforceLimit, subjectOfAddress } from '@/lib/http/limits';
import { checkHealth } from '@/lib/operations/health';
import { PublicPage } from '../public-page';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Status' };

/** Whether everything works right now: as much as `/api/health` tells strangers. */
export default async function StatusPage() {
  const isHealthy = await readHealth();
  return (
    <PublicPage title="Status">
      <p className="flex items-center gap-2.5 font-medium">
        <span className={isHealthy === true ? 'text-gain' : 'text-caution'}>
          {isHealthy === true ? <CircleCheckIcon /> : <TriangleAlertIcon />}
        </span>
        {isHealthy === null
          ? 'Asked too often. Please try again in a minute.'
          : isHealthy
            ? 'Everything works'
            : 'Something does not work right now'}
      </p>
      {isHealthy !== null && (
        <p className="text-sm text-ink-soft">
          {isHealthy
            ? 'Our database answers, and the last trading day is recorded.'
            : 'Our database does not answer, or the last trading day is not completely recorded yet. Nothing is lost: missing days are retried automatically, and filled in where brokers have them.'}
        </p>
      )}
    </PublicPage>
  );
}

/** Null where it was asked for too often to be answered. */
async function readHealth(): Promise<boolean | null> {
  try {
    await enforceLimit('health', subjectOfAddress(await headers()));
  } catch (error) {
    // A limit that cannot be counted, because the database is away, is no reason to hide just that.
    if (error instanceof AppError) return null;
  }
  return (await checkHealth(serviceClient(env()), capturePromise(env()), new Date())).healthy;
}
