import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { text } from '@/lib/db/rpc';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import { matchesSecret } from '@/lib/http/caller';

/** What we read of an event. Fields that we do not know are left alone, since the vendor adds some without notice. */
export const snapTradeEventSchema = z.object({
  webhookId: text(200),
  eventType: text(100),
  eventTimestamp: z.string().nullish(),
  brokerageAuthorizationId: text(200).nullish(),
  /** What the schema for OAuth applications calls the same id. */
  connectionId: text(200).nullish(),
  accountId: text(200).nullish(),
  details: z.unknown().optional(),
});
type SnapTradeEvent = z.output<typeof snapTradeEventSchema>;

/** That something happened to a connection, so that looking at it is worth a request. */
export interface ConnectionEvent {
  /** The provider's id of the connection. */
  readonly externalId: string;
  readonly eventId: string;
  readonly eventType: string;
  /** When the provider says that it happened; null when it does not say. */
  readonly happenedAt: Instant | null;
  /** The provider's id of the account that it announces as removed. */
  readonly removedAccount?: string;
}

/** Events after which a connection's values, accounts, movements or health may be others than before. */
const ACTED_ON_TYPES: ReadonlySet<string> = new Set([
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

/** What an event reports of a connection; null for one about neither values or a connection, or of a kind that we do not know. */
export function readConnectionEvent(event: SnapTradeEvent): ConnectionEvent | null {
  const externalId = event.brokerageAuthorizationId ?? event.connectionId ?? null;
  if (externalId === null || !ACTED_ON_TYPES.has(event.eventType)) return null;
  if (event.eventType === 'ACCOUNT_HOLDINGS_UPDATED' && !hasNewTotal(event.details)) return null;
  return {
    externalId,
    eventId: event.webhookId,
    eventType: event.eventType,
    happenedAt: timestampSchema.safeParse(event.eventTimestamp).data ?? null,
    ...(event.eventType === 'ACCOUNT_REMOVED' && typeof event.accountId === 'string'
      ? { removedAccount: event.accountId }
      : {}),
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

/** A number as it was written: Python tells 1 from 1.0, and JavaScript would not. */
class NumberText {
  constructor(readonly text: string) {}
}

/**
 * JSON text written anew as compact JSON with the keys of every object in order, as Python's `json` module does it with
 * `ensure_ascii=False`. Throws `SyntaxError` for text that is no JSON and `RangeError` for one nested too deep.
 */
function toCanonicalJson(text: string): string {
  return write(JSON.parse(text, keepNumberText));
}

/** The same JSON in ASCII, as Python's `json` module writes it when it is not told otherwise. */
function escapeNonAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Engines before V8 11.4 do not tell the source; whole numbers, which are all that events hold, survive even so. */
function keepNumberText(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? new NumberText(context.source) : value;
}

function write(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // Written by hand, since an object of JavaScript keeps keys such as "10" and "9" in an order of its own.
  const members = Object.entries(value).sort(byCodePoint);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`;
}

/** The bytes of UTF-8 have the order of the code points, which strings of JavaScript do not have. */
function byCodePoint([a]: [string, unknown], [b]: [string, unknown]): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** An event of SnapTrade has about twenty members. Sorting them is the costly part, so it is not done for whatever comes. */
const COMMAS_MAX = 500;

/** Whether a header can be a signature at all: 32 bytes in base64. What cannot is refused before its body is read. */
export function isSignatureShaped(signature: string | null): signature is string {
  return signature !== null && /^[A-Za-z0-9+/]{43}=$/.test(signature);
}

/**
 * Whether SnapTrade signed a webhook's body: base64 of HMAC-SHA256 with the consumer key over the payload as sorted,
 * compact JSON. SnapTrade's own verifier is in Python, which escapes everything beyond ASCII; the form without escapes
 * proves the same and is taken as well. Compares in constant time.
 */
export function isSignedBySnapTrade(body: string, signature: string | null, consumerKey: string): boolean {
  if (!isSignatureShaped(signature) || countCommas(body) > COMMAS_MAX) return false;
  let json: string;
  try {
    json = toCanonicalJson(body);
  } catch {
    // Whatever cannot be read was not signed either.
    return false;
  }
  const isSignatureOf = (text: string): boolean =>
    matchesSecret(signature, createHmac('sha256', consumerKey).update(text).digest('base64'));
  return isSignatureOf(escapeNonAscii(json)) || isSignatureOf(json);
}

function countCommas(text: string): number {
  let count = 0;
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) count += 1;
  return count;
}
