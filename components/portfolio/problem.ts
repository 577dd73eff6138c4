/** An answer that was not a document, in words that can be shown. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | null,
    /** Which of the closed set of errors it is, where the server names it. */
    readonly code: string | null = null,
  ) {
    super(
      [title, detail]
        .filter((part) => part !== null)
        .map(endSentence)
        .join(' '),
    );
    this.name = 'ProblemError';
  }

  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function readText(body: unknown, key: 'title' | 'detail' | 'code'): string | null {
  if (typeof body !== 'object' || body === null || !(key in body)) return null;
  const text: unknown = Reflect.get(body, key);
  return typeof text === 'string' && text !== '' ? text : null;
}

/** Reads an `application/problem+json` body; any other body holds nothing that a reader could use. */
export async function readProblem(response: Response): Promise<ProblemError> {
  const isProblem = response.headers.get('content-type')?.includes('application/problem+json') ?? false;
  const body: unknown = isProblem ? await response.json().catch(() => null) : null;
  const title = readText(body, 'title') ?? 'The server could not answer';
  return new ProblemError(response.status, title, readText(body, 'detail'), readText(body, 'code'));
}
