import 'server-only';
import { createHash } from 'node:crypto';
import { decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import { z } from 'zod';
import { text } from '@/lib/db/rpc';
import { AppError } from '@/lib/errors';
import { checkInput, parseJson, readTextBody } from '@/lib/http/body';
import { matchesSecret } from '@/lib/http/caller';
import type { Log } from '@/lib/log';
import { OutOfTimeError, ProviderError } from '@/lib/providers/provider';
import type { ConnectionEvent } from './event';
import type { RecordedEvent } from './store';

/** An event of Plaid has less than one kilobyte, its error included. */
const EVENT_BYTES_MAX = 16_384;

/** A signature is good for so long, and for a clock that goes wrong by so much. */
const AGE_SECONDS_MAX = 300;
const CLOCK_TOLERANCE_SECONDS = 30;

/** Reads the public key of an id; null for one that is not in use. */
export type ReadKey = (keyId: string) => Promise<JWK | null>;

interface PlaidReceiver {
  readonly readKey: ReadKey;
  /** Makes the connection due, once for each event. */
  readonly record: (event: ConnectionEvent) => Promise<RecordedEvent>;
  readonly clock: () => Date;
  readonly log: Log;
}

/** What became of an event. `userId` says whose connections are to be filled now; null when there is nothing to do. */
interface Receipt {
  readonly outcome: RecordedEvent['outcome'] | 'ignored';
  readonly userId: string | null;
}

/** What we read of an event; those about sessions have no item. */
const eventSchema = z.object({
  webhook_type: text(100),
  webhook_code: text(100),
  item_id: text(200).nullish(),
});

/** Events after which an item's values, movements, accounts or health may be others than before. */
const ACTED_ON: ReadonlySet<string> = new Set([
  'HOLDINGS.DEFAULT_UPDATE',
  'INVESTMENTS_TRANSACTIONS.DEFAULT_UPDATE',
  'INVESTMENTS_TRANSACTIONS.HISTORICAL_UPDATE',
  'ITEM.ERROR',
  'ITEM.LOGIN_REPAIRED',
  'ITEM.NEW_ACCOUNTS_AVAILABLE',
  'ITEM.USER_ACCOUNT_REVOKED',
  'ITEM.USER_PERMISSION_REVOKED',
]);

/**
 * Receives one delivery of a Plaid webhook. Plaid signs the hash of the body as it sends it, and when; a signature that is older than five
 * minutes is refused, and the same one counts once within them. An event only says which connection to read. Throws `AppError` for a
 * body that Plaid did not sign or that is no event, `unavailable` where Plaid's key cannot be had now, so that it is delivered again.
 */
export async function receivePlaidEvent(
  request: Request,
  { readKey, record, clock, log }: PlaidReceiver,
): Promise<Receipt> {
  const token = request.headers.get('plaid-verification');
  const keyId = token === null ? null : keyIdOf(token);
  if (token === null || keyId === null) throw unsigned();
  const body = await readTextBody(request, EVENT_BYTES_MAX);
  const key = await readKeyOrFail(keyId, readKey);
  if (key === null || !(await isSigned(body, token, key, clock()))) {
    log('warn', 'webhook_refused', { provider: 'plaid' });
    throw unsigned();
  }
  const {
    webhook_type: type,
    webhook_code: code,
    item_id: itemId,
  } = checkInput(parseJson(body), eventSchema);
  const eventType = `${type}.${code}`;
  // Plaid gives its events no id; what was signed at one instant is one event.
  const eventId = createHash('sha256').update(token).digest('hex');
  const isActedOn = itemId != null && ACTED_ON.has(eventType);
  const receipt: Receipt = isActedOn
    ? await record({ externalId: itemId, eventId, eventType, happenedAt: null })
    : { outcome: 'ignored', userId: null };
  log('info', 'webhook_received', { provider: 'plaid', eventId, eventType, outcome: receipt.outcome });
  return receipt;
}

/** The id of the key that a token says it is signed with; null for what is no such token. What cannot be one is refused before its body is read. */
function keyIdOf(token: string): string | null {
  if (token.length > 2_000) return null;
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return alg === 'ES256' && kid !== undefined && /^[\w-]{1,100}$/.test(kid) ? kid : null;
  } catch {
    return null;
  }
}

async function readKeyOrFail(keyId: string, readKey: ReadKey): Promise<JWK | null> {
  try {
    return await readKey(keyId);
  } catch (error) {
    if (!(error instanceof ProviderError || error instanceof OutOfTimeError)) throw error;
    const message = 'The key of this signature cannot be had right now. Send it again.';
    throw new AppError('unavailable', message, { cause: error });
  }
}

async function isSigned(body: string, token: string, key: JWK, now: Date): Promise<boolean> {
  try {
    const { payload } = await jwtVerify(token, await importJWK(key, 'ES256'), {
      algorithms: ['ES256'],
      maxTokenAge: AGE_SECONDS_MAX,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: now,
    });
    const hash = createHash('sha256').update(body).digest('hex');
    const { request_body_sha256: signed } = payload;
    return typeof signed === 'string' && matchesSecret(signed, hash);
  } catch {
    // Whatever cannot be verified was not signed either.
    return false;
  }
}

function unsigned(): AppError {
  return new AppError('unauthenticated', 'The signature of this webhook is missing, wrong or too old.');
}

/** Keys are kept so long, and that there is none of an id for as long as it could be asked for by guessing. */
const KEPT_MS = 24 * 60 * 60_000;
const REFUSED_KEPT_MS = 5 * 60_000;
const KEYS_MAX = 50;

/** A reader that asks once for each key, also where many events come at once. A failure is not kept. */
export function cacheKeys(readKey: ReadKey, clock: () => Date): ReadKey {
  const kept = new Map<string, { readonly key: Promise<JWK | null>; until: number }>();
  return (keyId) => {
    const now = clock().getTime();
    const known = kept.get(keyId);
    if (known !== undefined && known.until > now) return known.key;
    // Strangers may name whatever keys they like; the oldest make room.
    if (kept.size >= KEYS_MAX) for (const oldest of [...kept.keys()].slice(0, 1)) kept.delete(oldest);
    const key = readKey(keyId);
    const entry = { key, until: now + KEPT_MS };
    kept.set(keyId, entry);
    key.then(
      (read) => {
        if (read === null) entry.until = now + REFUSED_KEPT_MS;
      },
      () => kept.delete(keyId),
    );
    return key;
  };
}
