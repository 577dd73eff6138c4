/** The closed set of things that can go wrong at a door of this product. */
export type ErrorCode =
  | 'bad_request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'payload_too_large'
  /** The page was made for another user than the one who is signed in by now. */
  | 'session_changed'
  | 'too_many_requests'
  | 'internal'
  | 'unavailable';

export interface AppErrorOptions extends ErrorOptions {
  /** When asking again makes sense, for refusals that end by themselves. */
  readonly retryAfterSeconds?: number;
}

/** An error that the caller may see: its message is written for them and holds no secret. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly retryAfterSeconds: number | null;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
