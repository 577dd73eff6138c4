import { addDays, type Instant, type TradingDate, toDate, toInstant } from '@/lib/domain/trading-date';
import type { SandboxAccount, SandboxConnection } from './scenario';

/**
 * The instant at which SnapTrade last read the broker for an answer given at `now`. A realtime connection reads it
 * at the call, a daily one at its sync time or at a later requested refresh. After the connection broke, nothing
 * is read any more.
 */
export function lastReadAt(
  connection: SandboxConnection,
  now: Instant,
  refreshedAt: Instant | null,
  cachedOnly: boolean,
): Instant {
  const latest = lastReachableAt(connection, now);
  if (connection.dataFreshness === 'realtime' && !cachedOnly) return latest;
  const synced = lastSyncAt(connection.syncTime, latest);
  return refreshedAt !== null && refreshedAt > synced && refreshedAt <= latest ? refreshedAt : synced;
}

/** SnapTrade reads a realtime connection once a day as well, at an hour that has nothing to do with any close. */
const DAILY_SYNC_OF_REALTIME = '05:00';

/**
 * The time of its last daily reading, which SnapTrade gives with every answer, also with one that was read live. Of a broken
 * connection, the last time that it was read at all.
 */
export function lastSyncedAt(connection: SandboxConnection, now: Instant, readAt: Instant): Instant {
  const isLive = connection.dataFreshness === 'realtime' && readAt === now;
  return isLive ? lastSyncAt(DAILY_SYNC_OF_REALTIME, now) : readAt;
}

/** The last instant, up to now, at which the broker still let SnapTrade in. */
export function lastReachableAt(
  { disabledSince }: Pick<SandboxConnection, 'disabledSince'>,
  now: Instant,
): Instant {
  return disabledSince !== null && disabledSince < now ? disabledSince : now;
}

export function isDisabled(
  { disabledSince }: Pick<SandboxConnection, 'disabledSince'>,
  now: Instant,
): boolean {
  return disabledSince !== null && disabledSince <= now;
}

/** Whether SnapTrade is through with its first reading of an account's movements. */
export function hasCollectedMovements({ movementsCollectedAt }: SandboxAccount, now: Instant): boolean {
  return movementsCollectedAt === null || movementsCollectedAt <= now;
}

/** The calendar date of an instant in UTC. */
export function utcDateOf(instant: Instant): TradingDate {
  return toDate(instant.slice(0, 10));
}

/** The last daily reading at a time of the day, up to an instant. */
export function lastSyncAt(syncTime: string, latest: Instant): Instant {
  const date = utcDateOf(latest);
  const today = toInstant(`${date}T${syncTime}:00Z`);
  return today <= latest ? today : toInstant(`${addDays(date, -1)}T${syncTime}:00Z`);
}
