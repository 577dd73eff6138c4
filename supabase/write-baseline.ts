/*
 * Writes the migration that lays out an empty database, from the schema files: npm run db:baseline
 * Not after the first deployment: a database that has applied it would never learn of the change.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIGRATIONS_DIR } from '@/lib/local/migrations';
import { BASELINE_FILE, renderBaseline } from './baseline';

writeFileSync(join(MIGRATIONS_DIR, BASELINE_FILE), renderBaseline());
