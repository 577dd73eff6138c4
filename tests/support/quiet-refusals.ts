/**
 * The embedded API prints every query that Postgres refused, and tests of refusals cause many. Only those objects are
 * swallowed; whatever else is written to the console stays visible. Returns the way back.
 */
export function silenceRefusedQueries(): () => void {
  const { console } = globalThis;
  const printError = console.error;
  console.error = (...words: unknown[]) => {
    if (words.length === 1 && isPostgresError(words[0])) return;
    printError(...words);
  };
  return () => {
    console.error = printError;
  };
}

function isPostgresError(word: unknown): boolean {
  return word instanceof Error && (word.name === 'PostgresError' || isPostgresError(word.cause));
}
