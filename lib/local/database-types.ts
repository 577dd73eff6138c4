import { generateTypescript, sortGeneratorMetadata } from '@supabase/postgrest-typegen/generation';
import { introspect } from '@supabase/postgrest-typegen/introspection';
import type { Sql } from 'postgres';

const HEADER = `/*
 * Written by \`npm run db:types\` from the migrations, as \`supabase gen types typescript\` would write it.
 * A numeric column appears as \`number\` here, but amounts never pass as JSON numbers, which are not exact: functions
 * hand them over as text, and no amount is selected from a table through the API.
 */
`;

/** The types of the public schema of a migrated database, as the text of a TypeScript module. */
export async function renderDatabaseTypes(sql: Sql): Promise<string> {
  const metadata = await introspect(
    { query: async (text) => ({ rows: await sql.unsafe(text) }) },
    { includedSchemas: ['public'] },
  );
  const types = await generateTypescript(sortGeneratorMetadata(metadata), {
    detectOneToOneRelationships: true,
  });
  return `${HEADER}${types}`;
}
