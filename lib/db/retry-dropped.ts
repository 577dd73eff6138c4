import 'server-only';

/** What the HTTP client calls a connection that the other side had closed, or closed before it answered. */
const DROPPED: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * `fetch` that asks once more on a new connection when the one it took from the pool turns out to be dropped, as a kept
 * connection is after a restart of the other side. Whatever is asked may be done twice, so it may also be asked twice.
 */
export const retryDropped: typeof fetch = async (input, init) => {
  try {
    return await fetch(input, init);
  } catch (error) {
    if (!isDropped(error) || init?.signal?.aborted === true) throw error;
    return fetch(input, init);
  }
};

function isDropped(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && DROPPED.has(error.code)) || isDropped(error.cause);
}
