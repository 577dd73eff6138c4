import 'server-only';
import { createHmac } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { type Database, type SupabaseClient, serviceClient } from '@/lib/db/clients';
import { readAnswer } from '@/lib/db/rpc';
import { type Env, env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { log } from '@/lib/log';

/** One caller's use of one limit. */
interface LimitedRequest {
  readonly operation: string;
  readonly subject: string;
  readonly max: number;
  readonly seconds: number;
}

function toArguments({ operation, subject, max, seconds }: LimitedRequest) {
  return { p_operation: operation, p_subject: subject, p_max: max, p_seconds: seconds };
}

/** Counts a request against a caller's limit; returns the milliseconds to wait, 0 when it is within the limit. */
export function countRequest(
  client: SupabaseClient<Database>,
  request: LimitedRequest,
  now: Date,
): Promise<number> {
  const call = client.rpc('count_request', { ...toArguments(request), p_now: now.toISOString() });
  return readAnswer('count_request', call, z.number().int().nonnegative());
}

/** Releases a counted request, as if it had not been made. */
export async function releaseRequest(
  client: SupabaseClient<Database>,
  request: LimitedRequest,
): Promise<void> {
  await readAnswer('release_request', client.rpc('release_request', toArguments(request)), z.unknown());
}

/**
 * How often one caller may ask at each operation: `max` times at once, and again as one of them comes back every `seconds / max`.
 * By user where somebody is signed in, else by address or e-mail address. Far beyond what a person does, far below what would
 * take the provider's budget or the database from others. The scheduler's endpoints have none: their secret is their limit.
 */
const LIMITS = {
  /** Failed sign-ins from one address, and for one e-mail address from wherever. */
  sign_in_address: { max: 30, seconds: 900 },
  sign_in_email: { max: 20, seconds: 900 },
  /** Codes of an authenticator: six digits could be guessed. */
  second_factor: { max: 10, seconds: 900 },
  /** Mail that strangers have sent, from one address and to one e-mail address. */
  mail: { max: 20, seconds: 3_600 },
  mail_to: { max: 5, seconds: 3_600 },
  /** Links that end messages, which everybody can follow who has one. */
  unsubscribe: { max: 60, seconds: 900 },
  /** Links from mail, of which each is one in 2^128. */
  confirm_email: { max: 30, seconds: 900 },
  /** One's own password, asked once more before it is changed or everything is deleted. */
  password: { max: 10, seconds: 900 },
  /** The address of the provider's portal: up to three of the provider's requests. */
  link: { max: 10, seconds: 600 },
  /** Listing at the provider what was linked, on the way back, by the button, or after a page view. */
  confirm_links: { max: 60, seconds: 600 },
  /** Filling one's own gaps: as many of the provider's requests as there are accounts. */
  fill: { max: 10, seconds: 600 },
  /** The same after a page view, which nobody waits for. */
  fill_on_view: { max: 30, seconds: 600 },
  /** Unlinking, joining and separating accounts: rows, and a year to publish again. */
  change: { max: 30, seconds: 600 },
  /** Everything, as a file. */
  export: { max: 30, seconds: 300 },
  /** Reading one's own documents. */
  read: { max: 240, seconds: 60 },
  /** What operators read and do: over everybody's rows, and each act a row in the audit log. */
  administer: { max: 240, seconds: 60 },
  /** Whether all is well, for strangers; by address. */
  health: { max: 60, seconds: 60 },
} as const satisfies Record<string, { readonly max: number; readonly seconds: number }>;

/** An operation with a limit. */
type Operation = keyof typeof LIMITS;

/**
 * Counts a request of a caller, a user's id or a `subjectOf…`, at an operation. Throws `too_many_requests` with the time to wait when
 * they have used their limit up; a refused request counts for nothing.
 */
export async function enforceLimit(operation: Operation, subject: string, now = new Date()): Promise<void> {
  const waitMs = await countRequest(serviceClient(env()), { operation, subject, ...LIMITS[operation] }, now);
  if (waitMs === 0) return;
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  const wait = retryAfterSeconds === 1 ? 'a second' : `${retryAfterSeconds} seconds`;
  throw new AppError('too_many_requests', `This was asked for too often. Try again in ${wait}.`, {
    retryAfterSeconds,
  });
}

/** Does what a page view brings with it, after the answer, unless the caller has had it too often. Never throws. */
export async function ifWithinLimit(
  operation: Operation,
  subject: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await enforceLimit(operation, subject);
  } catch (error) {
    log('warn', 'work_left_out', {
      operation,
      message: error instanceof Error ? error.message : String(error),
    });
    return;
  }
  await work();
}

/** Releases a counted request, where only failures are to count. */
export async function release(operation: Operation, subject: string): Promise<void> {
  await releaseRequest(serviceClient(env()), { operation, subject, ...LIMITS[operation] });
}

/** Who asks before anybody is signed in: the address of their network, as a keyed digest, since nobody needs to know it. */
export function subjectOfAddress(
  headers: Pick<Headers, 'get'>,
  settings: Pick<Env, 'CREDENTIALS_KEY'> = env(),
): string {
  return digest(networkOf(clientAddress(headers)), settings);
}

/** Whoever an e-mail address belongs to, as a keyed digest. */
export function subjectOfEmail(email: string, settings: Pick<Env, 'CREDENTIALS_KEY'> = env()): string {
  return digest(email.trim().toLowerCase(), settings);
}

/**
 * The address that the nearest proxy saw: each proxy adds one at the end, and what stands before it may be made up. Vercel and
 * Next.js's own server send one address only.
 */
function clientAddress(headers: Pick<Headers, 'get'>): string {
  return headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || 'unknown';
}

/** One customer of an IPv6 network has at least a /64 of addresses, which are one caller. */
function networkOf(address: string): string {
  if (!isIPv6(address) || /^::ffff:/i.test(address)) return address.replace(/^::ffff:/i, '');
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  return [...groups, ...Array<string>(missing).fill('0')]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':');
}

function digest(text: string, { CREDENTIALS_KEY }: Pick<Env, 'CREDENTIALS_KEY'>): string {
  return createHmac('sha256', CREDENTIALS_KEY).update(text).digest('base64url');
}
