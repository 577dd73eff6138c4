import 'server-only';
import { ProviderError, type ProviderErrorKind } from '@/lib/providers/provider';
import { errorBodySchema } from './schema';

/** A refusal as the wire gave it, before it is folded into a `ProviderError`. */
export interface Refusal {
  readonly status: number;
  /** SnapTrade's own code, such as `1141`; null when the body has none. */
  readonly code: string | null;
  readonly requestId: string | null;
  /** How long SnapTrade asked us to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
}

/** Reads a refusal from status, headers and body. Header names are expected in lower case. */
export function readRefusal(status: number, headers: Record<string, unknown>, body: unknown): Refusal {
  const parsed = errorBodySchema.safeParse(body);
  const code = parsed.success ? (parsed.data.code ?? parsed.data.default_code ?? null) : null;
  const detail = parsed.success ? (parsed.data.detail ?? parsed.data.default_detail) : null;
  return {
    status,
    code: code === null ? null : String(code),
    requestId: readHeader(headers, 'x-request-id'),
    retryAfterMs: status === 429 ? readWaitMs(readHeader(headers, 'x-ratelimit-reset'), detail) : null,
  };
}

/**
 * Folds a refusal into one of our kinds. The text is our own: the vendor's may repeat the request's address,
 * which carries the user's secret.
 */
export function foldRefusal(operation: string, refusal: Refusal): ProviderError {
  const { status, code, requestId, retryAfterMs } = refusal;
  const message = `SnapTrade answered ${operation} with status ${status}${code === null ? '' : `, code ${code}`}`;
  if (status === 429) return new ProviderError('rate_limited', message, retryAfterMs, requestId);
  if (status === 401 && code === BAD_SIGNATURE) return refusedKeys(operation, refusal);
  return new ProviderError(kindOf(refusal), message, null, requestId);
}

const BAD_SIGNATURE = '1076';

/** Our own keys are wrong. Asking a user to link anew would not help them. */
export function refusedKeys(operation: string, { status, code, requestId }: Refusal): ProviderError {
  const message = `SnapTrade answered ${operation} with status ${status}, code ${code}: check the client id and consumer key`;
  return new ProviderError('keys_refused', message, null, requestId);
}

/** Whether a refusal may be about a user's credentials as well as about our own keys: code 1083 says either. */
export function isAboutCredentials({ status, code }: Refusal): boolean {
  return status === 401 && code !== null && code !== BAD_SIGNATURE;
}

function kindOf({ status, code }: Refusal): ProviderErrorKind {
  // A refusal without SnapTrade's own code comes from something in between, such as a proxy's error page, and
  // says nothing about the user's link.
  if (code !== null && (status === 401 || status === 402 || status === 404)) return 'needs_reconnect';
  if (status === 403 && code === '1066') return 'needs_reconnect';
  return status === 400 ? 'bad_data' : 'unavailable';
}

/**
 * Folds a request that got no answer. Nothing of the original error is kept, not even as a cause: it holds the
 * full address with the user's secret in it.
 */
export function foldNetworkError(operation: string, error: unknown, timeoutMs: number): ProviderError {
  const code = readErrorCode(error);
  const reason =
    code !== null && TIMEOUT_CODES.has(code)
      ? `did not answer ${operation} within ${timeoutMs} ms`
      : `could not be reached for ${operation}${code === null ? '' : ` (${code})`}`;
  return new ProviderError('unavailable', `SnapTrade ${reason}`);
}

/** `ERR_CANCELED` is how axios reports our own time limit. */
const TIMEOUT_CODES: ReadonlySet<string> = new Set(['ERR_CANCELED', 'ECONNABORTED', 'ETIMEDOUT']);

function readErrorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[A-Z_]{1,40}$/.test(error.code) ? error.code : null;
}

function readHeader(headers: Record<string, unknown>, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The header holds seconds from now, not an instant; when it is missing, the text of the answer says the same. */
function readWaitMs(header: string | null, detail: unknown): number | null {
  const fromText =
    typeof detail === 'string' ? /available in (\d+(?:\.\d+)?) seconds?/.exec(detail)?.[1] : null;
  const seconds = Number(header ?? fromText ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(Math.max(seconds, 1) * 1000) : null;
}
