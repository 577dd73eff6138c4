import { decryptCredentials } from '@/lib/credentials';
import { isZero } from '@/lib/domain/money';
import { marketStateAt } from '@/lib/domain/nyse-calendar';
import type { ReconcileRules } from '@/lib/domain/reconcile/evidence';
import { isOrdinary } from '@/lib/domain/reconcile/levels';
import type { ProviderId } from '@/lib/domain/states';
import type { Log } from '@/lib/log';
import {
  OutOfTimeError,
  type PortfolioProvider,
  type ProviderAccount,
  ProviderError,
} from '@/lib/providers/provider';
import type { LiveRead, StaleConnection } from './store';

export interface LiveDependencies {
  /** Gives stale connections to one caller, whoever else asks for them at the same time. */
  readonly claim: (userId: string, staleBefore: Date, now: Date) => Promise<readonly StaleConnection[]>;
  readonly record: (connectionId: string, read: LiveRead, now: Date) => Promise<number>;
  readonly providers: Readonly<Partial<Record<ProviderId, PortfolioProvider>>>;
  readonly rules: ReconcileRules;
  readonly credentialsKey: string;
  /** How old a value may be before it is read anew. */
  readonly refreshMinutes: number;
  readonly log: Log;
}

/**
 * Reads a looking user's live values anew where they are old: in session, at most once in `refreshMinutes` however many
 * pages are open, and only of connections that the provider reads live. Nothing becomes a day's history here. A connection that
 * cannot be read keeps its old value, with its as-of. Returns how many values are newer than before.
 */
export async function refreshLive(
  userId: string,
  now: Date,
  dependencies: LiveDependencies,
): Promise<number> {
  if (!marketStateAt(now).isOpen) return 0;
  const staleBefore = new Date(now.getTime() - dependencies.refreshMinutes * 60_000);
  const claimed = await dependencies.claim(userId, staleBefore, now);
  const newer = await Promise.all(claimed.map((connection) => readOne(connection, now, dependencies)));
  return newer.reduce((sum, count) => sum + count, 0);
}

async function readOne(
  connection: StaleConnection,
  now: Date,
  dependencies: LiveDependencies,
): Promise<number> {
  try {
    const read = await readConnection(connection, dependencies);
    return read === null ? 0 : await dependencies.record(connection.id, read, now);
  } catch (error) {
    if (!(error instanceof ProviderError) && !(error instanceof OutOfTimeError)) throw error;
    const errorKind = error instanceof ProviderError ? error.kind : 'out_of_time';
    dependencies.log('warn', 'live_not_read', { connectionId: connection.id, errorKind });
    return 0;
  }
}

/** Null for a broken connection, which goes on answering with what it knew last. */
async function readConnection(
  connection: StaleConnection,
  { providers, credentialsKey, rules }: LiveDependencies,
): Promise<LiveRead | null> {
  const provider = providers[connection.provider];
  if (provider === undefined || connection.ciphertext === null) return null;
  const link = {
    externalId: connection.externalId,
    credentials: decryptCredentials(connection.ciphertext, credentialsKey),
  };
  const asked = provider.tellsHealth ? null : await provider.connectionHealth(link);
  if (asked?.broken) return null;
  if (asked?.freshness === 'daily') return { freshness: asked.freshness, live: [] };
  const { accounts, health = asked } = await provider.currentValues(link, true);
  if (health === null || health.broken) return null;
  const { freshness } = health;
  if (freshness === 'daily') return { freshness, live: [] };
  const live = accounts.flatMap((account) => believable(account, connection, rules) ?? []);
  return { freshness, live: live.map((value) => ({ ...value, source: provider.id })) };
}

/** An account's value, unless nobody could believe it beside its last one. */
function believable(
  { externalId, total, currency, asOf }: ProviderAccount,
  { accounts }: StaleConnection,
  rules: ReconcileRules,
): Omit<LiveRead['live'][number], 'source'> | null {
  const known = accounts.find((account) => account.externalId === externalId);
  if (known === undefined || total === null || currency === null || asOf === null) return null;
  if (known.currency !== null && currency !== known.currency) return null;
  const { last } = known;
  const isBelievable =
    last === null ||
    isZero(last.total) ||
    isOrdinary(Number(last.total), Number(total), { rules, immaterial: 0 });
  return isBelievable ? { externalId, total, currency, asOf } : null;
}
