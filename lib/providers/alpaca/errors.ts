import 'server-only';
import { ApiError } from '@alpacahq/alpaca-trade-api/rest';
import { ProviderError, type ProviderErrorKind } from '@/lib/providers/provider';

/** Alpaca does not let these credentials in. The two statuses tell unknown ones from those that may not read this account. */
export class RefusedCredentialsError extends ProviderError {
  constructor(
    message: string,
    readonly status: 401 | 403,
    requestId: string | null,
  ) {
    super('needs_reconnect', message, null, requestId);
  }
}

/**
 * Folds whatever a call of the SDK ended with into one of our kinds. Nothing of the original error is kept, not even as a
 * cause: the text is our own, since nobody promises what an answer repeats of a request.
 */
export function foldError(operation: string, error: unknown, timeoutMs: number): ProviderError {
  if (error instanceof ApiError) return foldRefusal(operation, error);
  if (error instanceof SyntaxError)
    return new ProviderError('bad_data', `Alpaca answered ${operation} with something that is not JSON`);
  return new ProviderError(
    'unavailable',
    `Alpaca could not be reached for ${operation}, or did not answer within ${timeoutMs} ms`,
  );
}

function foldRefusal(operation: string, error: ApiError): ProviderError {
  const { status, retryAfterMs, response } = error;
  const requestId = error.requestId ?? null;
  const message = `Alpaca answered ${operation} with status ${status}`;
  if (status === 429) {
    const waitMs = retryAfterMs === undefined ? null : Math.max(1_000, Math.ceil(retryAfterMs));
    return new ProviderError('rate_limited', message, waitMs, requestId);
  }
  // A page that Alpaca did not write comes from something in between, and says nothing about the credentials.
  const isOwnAnswer = response.headers.get('content-type')?.includes('json') === true;
  if ((status === 401 || status === 403) && isOwnAnswer)
    return new RefusedCredentialsError(message, status, requestId);
  return new ProviderError(kindOf(status), message, null, requestId);
}

function kindOf(status: number): ProviderErrorKind {
  return status === 400 || status === 422 ? 'bad_data' : 'unavailable';
}
