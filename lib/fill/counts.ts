import type { FillRecord } from './record';
import type { RunCounts } from './store';

export type Tally = ReturnType<typeof createTally>;

/** Adds up what the fills of a run brought. */
export function createTally() {
  const counts: RunCounts = {
    connections: 0,
    captured: 0,
    reconstructed: 0,
    held: 0,
    observations: 0,
    published: 0,
    failed: 0,
    waiting: 0,
    requests: 0,
    waitedMs: 0,
  };
  const reasons: Record<string, number> = {};
  // A connection has several turns in a run, and counts once.
  const asked = new Set<string>();
  const failed = new Set<string>();
  const count = (connectionId: string, isFailed: boolean): void => {
    asked.add(connectionId);
    if (isFailed) failed.add(connectionId);
    counts.connections = asked.size;
    counts.failed = failed.size;
  };
  return {
    counts,
    reasons,
    addFault(connectionId: string): void {
      count(connectionId, true);
    },
    addPublished(days: number): void {
      counts.published += days;
    },
    addMissingRates(rates: number): void {
      if (rates > 0) reasons.rate_missing = rates;
    },
    /** A connection that got no answer because the provider refuses our own keys. */
    addRefusedKeys(): void {
      reasons.keys_refused = (reasons.keys_refused ?? 0) + 1;
    },
    add(
      connectionId: string,
      fill: FillRecord,
      recorded: { readonly observations: number; readonly published: number },
    ): void {
      const { succeeded, errorCode } = fill.connection;
      count(connectionId, !succeeded && errorCode !== 'out_of_time' && errorCode !== 'keys_refused');
      for (const { verdict, kind } of fill.observations) {
        if (verdict === 'held') counts.held += 1;
        else if (kind === 'daily_eod') counts.captured += 1;
        else counts.reconstructed += 1;
      }
      counts.observations += recorded.observations;
      counts.published += recorded.published;
      for (const { reason } of fill.outcomes) reasons[reason] = (reasons[reason] ?? 0) + 1;
    },
  };
}
