import 'server-only';
import { ProviderError, type ProviderErrorKind } from '@/lib/providers/provider';
import { errorBodySchema } from './schema';

/** A refusal as the wire gave it, before it is folded into a `ProviderError`. */
export interface Refusal {
  readonly status: number;
  /** Plaid's own words; null for an answer that Plaid did not write. */
  readonly type: string | null;
  readonly code: string | null;
  readonly requestId: string | null;
}

export function readRefusal(status: number, body: unknown): Refusal {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return { status, type: null, code: null, requestId: null };
  const { error_type: type, error_code: code, request_id: requestId = null } = parsed.data;
  return { status, type, code, requestId };
}

/** Plaid is still reading the institution for the first time. */
export function isNotReady({ code }: Refusal): boolean {
  return code === 'PRODUCT_NOT_READY';
}

/** What only the user can end, by signing in at the institution again. */
const SIGN_IN_CODES: ReadonlySet<string> = new Set([
  'ACCESS_NOT_GRANTED',
  'INSUFFICIENT_CREDENTIALS',
  'INVALID_CREDENTIALS',
  'INVALID_MFA',
  'INVALID_SEND_METHOD',
  'ITEM_LOCKED',
  'ITEM_LOGIN_REQUIRED',
  'MFA_NOT_SUPPORTED',
  'PASSWORD_RESET_REQUIRED',
  'USER_INPUT_TIMEOUT',
  'USER_PERMISSION_REVOKED',
  'USER_SETUP_REQUIRED',
  // The item is gone, at whosever wish.
  'INVALID_ACCESS_TOKEN',
  'ITEM_CONCURRENTLY_DELETED',
  'ITEM_NOT_FOUND',
]);

/** Our own keys are wrong, or may not do what they are used for; no user can change that. */
const OWN_KEYS_CODES: ReadonlySet<string> = new Set([
  'INVALID_API_KEYS',
  'INVALID_PRODUCT',
  'PRODUCT_NOT_ENABLED',
  'UNAUTHORIZED_ENVIRONMENT',
]);

/** Whether an item's error is one that its user has to end. */
export function needsSignIn(code: string | null | undefined): boolean {
  return code != null && SIGN_IN_CODES.has(code);
}

/** Folds a refusal into one of our kinds. The text is our own: the vendor's may repeat what was asked, which holds the access token. */
export function foldRefusal(operation: string, refusal: Refusal): ProviderError {
  const { status, code, requestId } = refusal;
  const named = code !== null && /^[A-Z_]{1,60}$/.test(code) ? `, code ${code}` : '';
  const message = `Plaid answered ${operation} with status ${status}${named}`;
  return new ProviderError(kindOf(refusal), message, null, requestId);
}

function kindOf({ status, type, code }: Refusal): ProviderErrorKind {
  if (status === 429 || type === 'RATE_LIMIT_EXCEEDED') return 'rate_limited';
  // A page that Plaid did not write comes from something in between, and says nothing about the item or our keys.
  if (type === null || code === null) return 'unavailable';
  if (OWN_KEYS_CODES.has(code)) return 'keys_refused';
  if (needsSignIn(code)) return 'needs_reconnect';
  return type === 'INVALID_REQUEST' || type === 'INVALID_INPUT' ? 'bad_data' : 'unavailable';
}

/** Folds a request that got no answer. Nothing of the original error is kept, not even as a cause: it holds the access token. */
export function foldNetworkError(operation: string, timeoutMs: number): ProviderError {
  const message = `Plaid could not be reached for ${operation}, or did not answer within ${timeoutMs} ms`;
  return new ProviderError('unavailable', message);
}
