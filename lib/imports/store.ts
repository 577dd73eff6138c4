import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { currency, type Output, readAnswer } from '@/lib/db/rpc';
import type { TradingDate } from '@/lib/domain/trading-date';
import {
  type ImportAccount,
  type ImportResult,
  importResult,
  type PastImport,
  pastImport,
  storedPreview,
  type UndoneImport,
  undoneImport,
} from './document';

const accountLine = z.object({
  line_id: z.uuid(),
  name: z.string(),
  institution: z.string(),
  currency: currency.nullable(),
});

/** The real accounts of a user that count, with the client's own rights. */
export async function readImportAccounts(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly ImportAccount[]> {
  const call = client
    .from('account_lines')
    .select('line_id, name, institution, currency')
    .eq('user_id', userId)
    .order('institution')
    .order('name')
    .order('line_id');
  const rows = await readAnswer('account_lines', call, z.array(accountLine));
  return rows.map(({ line_id, ...account }) => ({ id: line_id, ...account }));
}

/** A value as the database takes it in. */
export interface StatementRow {
  readonly line: number;
  readonly accountId: string;
  readonly date: TradingDate;
  readonly total: string;
  readonly currency: string;
}

interface Statement {
  readonly userId: string;
  readonly isOfficial: boolean;
  readonly rows: readonly StatementRow[];
}

/** What taking in values would mean; nothing is taken in. The caller answers for whose user this is. */
export function previewStatement(
  client: SupabaseClient<Database>,
  { userId, isOfficial, rows }: Statement,
  now: Date,
): Promise<Output<typeof storedPreview>> {
  const call = client.rpc('preview_statement', {
    p_user_id: userId,
    p_is_official: isOfficial,
    p_rows: rows.map((row) => ({ ...row })),
    p_now: now.toISOString(),
  });
  return readAnswer('preview_statement', call, storedPreview);
}

/** Takes in values as one import under a fresh id. Likewise. */
export function importStatement(
  client: SupabaseClient<Database>,
  {
    userId,
    isOfficial,
    rows,
    name,
    importId,
  }: Statement & { readonly name: string; readonly importId: string },
  now: Date,
): Promise<ImportResult> {
  const call = client.rpc('import_statement', {
    p_import_id: importId,
    p_user_id: userId,
    p_name: name,
    p_is_official: isOfficial,
    p_rows: rows.map((row) => ({ ...row })),
    p_now: now.toISOString(),
  });
  return readAnswer('import_statement', call, importResult);
}

/** Undoes an import. Null when this user has no such import, or it is undone already. */
export function undoImport(
  client: SupabaseClient<Database>,
  { userId, importId }: { readonly userId: string; readonly importId: string },
  now: Date,
): Promise<UndoneImport | null> {
  const call = client.rpc('undo_import', {
    p_user_id: userId,
    p_import_id: importId,
    p_now: now.toISOString(),
  });
  return readAnswer('undo_import', call, undoneImport.nullable());
}

/** A user's imports, newest first, with the client's own rights. */
export function readImports(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly PastImport[]> {
  return readAnswer('user_imports', client.rpc('user_imports', { p_user_id: userId }), z.array(pastImport));
}
