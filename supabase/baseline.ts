import { readSqlFiles, SCHEMAS_DIR } from '@/lib/local/migrations';

/** The one migration that lays out an empty database. */
export const BASELINE_FILE = '20261201000000_baseline.sql';

/** The text of that migration: the schema files, one after the other. */
export function renderBaseline(): string {
  const files = readSqlFiles(SCHEMAS_DIR).map(({ name, text }) => `-- schemas/${name}\n\n${text}`);
  return `-- Written by npm run db:baseline from supabase/schemas: change the files there, then write this one again.
-- From the first deployment on it stays as it is, and a change needs a migration of its own beside the one in the schemas.

${files.join('\n')}`;
}
