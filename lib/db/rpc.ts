import 'server-only';
import type { z } from 'zod';

interface DatabaseAnswer {
  readonly data: unknown;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The result of a database function, checked by a schema. Throws when the function failed or answered otherwise. */
export async function readAnswer<T>(
  name: string,
  answer: PromiseLike<DatabaseAnswer>,
  schema: z.ZodType<T>,
): Promise<T> {
  const { data, error } = await answer;
  if (error !== null) throw new Error(`${name} failed: ${error.code} ${error.message}`);
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw new Error(`${name} answered in an unknown shape: ${parsed.error.message}`);
  return parsed.data;
}

/**
 * A nullable argument of a database function. The generated types cannot know that a function takes null, but every
 * Postgres argument may be null, so the cast is safe.
 */
export function orNull<T>(value: T | null): T {
  return value as T;
}
