const WINDOW_MS = 60_000;

export interface RateLimitAnswer {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the oldest request leaves the window: a span, not an instant. */
  readonly resetSeconds: number;
}

/** Counts requests in a window that rolls: at no instant may the last 60 seconds hold more than the limit. */
export class RollingRateLimit {
  private takenMs: readonly number[] = [];

  /** Counts a request unless it is one too many; a refused one is not counted. */
  take(nowMs: number, limitPerMinute: number): RateLimitAnswer {
    const recent = this.takenMs.filter((takenMs) => takenMs > nowMs - WINDOW_MS);
    const allowed = recent.length < limitPerMinute;
    this.takenMs = allowed ? [...recent, nowMs] : recent;
    const oldestMs = this.takenMs[0] ?? nowMs;
    return {
      allowed,
      limit: limitPerMinute,
      remaining: limitPerMinute - this.takenMs.length,
      resetSeconds: Math.ceil((oldestMs + WINDOW_MS - nowMs) / 1000),
    };
  }
}
