import 'server-only';
import { env } from './env';

/** An incomplete environment stops the process when it starts, with a clear message, and not at the first request. */
export function stopUnlessConfigured(): void {
  try {
    env();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
