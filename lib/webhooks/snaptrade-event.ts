import { z } from 'zod';
import { text } from '@/lib/db/schemas';
import { type Instant, toInstant } from '@/lib/domain/trading-date';

/** What we read of an event. Fields that we do not know are left alone, since the vendor adds some without notice. */
export const snapTradeEventSchema = z.object({
  webhookId: text(200),
  eventType: text(100),
  eventTimestamp: z.string().nullish(),
  brokerageAuthorizationId: text(200).nullish(),
  /** What the schema for OAuth applications calls the same id. */
  connectionId: text(200).nullish(),
  details: z.unknown().optional(),
});
export type SnapTradeEvent = z.output<typeof snapTradeEventSchema>;

/** That something happened to a connection, so that looking at it is worth a request. */
export interface ConnectionHint {
  /** The provider's id of the connection. */
  readonly externalId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** When the provider says that it happened; null when it does not say. */
  readonly happenedAt: Instant | null;
}

/** Events after which a connection's values, accounts, movements or health may be others than before. */
const HINTING_TYPES: ReadonlySet<string> = new Set([
  'ACCOUNT_BALANCE_HISTORY_UPDATED',
  // As the published contract names it, which does not say how the event itself is spelt.
  'accountBalanceHistoryUpdated',
  'ACCOUNT_HOLDINGS_UPDATED',
  'ACCOUNT_TRANSACTIONS_INITIAL_UPDATE',
  'ACCOUNT_TRANSACTIONS_UPDATED',
  'ACCOUNT_REMOVED',
  'NEW_ACCOUNT_AVAILABLE',
  'CONNECTION_ADDED',
  'CONNECTION_BROKEN',
  'CONNECTION_DELETED',
  'CONNECTION_FIXED',
  'CONNECTION_UPDATED',
]);

/** The hint in an event; null for one that says nothing about values or a connection, or of a kind that we do not know. */
export function readHint(event: SnapTradeEvent): ConnectionHint | null {
  const externalId = event.brokerageAuthorizationId ?? event.connectionId ?? null;
  if (externalId === null || !HINTING_TYPES.has(event.eventType)) return null;
  if (event.eventType === 'ACCOUNT_HOLDINGS_UPDATED' && !hasNewTotal(event.details)) return null;
  return {
    externalId,
    eventId: event.webhookId,
    eventType: event.eventType,
    happenedAt: timestampSchema.safeParse(event.eventTimestamp).data ?? null,
  };
}

/**
 * As `2026-11-20T22:15:04.039837+00:00`; a time without an offset could be any, so it counts as unknown, as does one of a
 * year that no brokerage was linked in.
 */
const timestampSchema = z.iso
  .datetime({ offset: true })
  .transform((written) => toInstant(new Date(written)))
  .refine((at) => at >= '2000' && at < '2200');

const holdingsDetailsSchema = z.object({ total_value: z.object({ success: z.boolean() }) });

/** This event comes after every attempt to read the broker, also after one that failed, which its details tell. */
function hasNewTotal(details: unknown): boolean {
  if (details === undefined || details === null) return true;
  const parsed = holdingsDetailsSchema.safeParse(details);
  return parsed.success && parsed.data.total_value.success;
}
