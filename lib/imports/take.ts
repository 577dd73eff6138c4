import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { CALENDAR_LAST_DATE } from '@/lib/domain/nyse-calendar';
import type { StatementVerdict } from '@/lib/domain/statement-values';
import { AppError } from '@/lib/errors';
import type { ImportPreview, ImportResult, PreviewRow } from './document';
import { type PlannedRow, planImport } from './plan';
import { type FileFault, parseStatementFile } from './statement-file';
import { importStatement, previewStatement, readImportAccounts, type StatementRow } from './store';

/** A file as its user sends it. */
export interface SentFile {
  readonly userId: string;
  readonly text: string;
  /** The account of rows that name none. */
  readonly accountId: string | null;
  /** Whether its user confirms that statements state these values. */
  readonly isOfficial: boolean;
}

/** Its user's own rights, and the server's, which alone may write. */
export interface ImportClients {
  readonly own: SupabaseClient<Database>;
  readonly server: SupabaseClient<Database>;
}

/** What taking in a file would mean; nothing is taken in. Throws an `AppError` that says where a file is wrong. */
export async function previewImport(
  clients: ImportClients,
  file: SentFile,
  now: Date,
): Promise<ImportPreview> {
  const planned = await readFile(clients, file);
  const { rows, ...effect } = await previewStatement(
    clients.server,
    { userId: file.userId, isOfficial: file.isOfficial, rows: toStatementRows(planned) },
    now,
  );
  const written = new Map(planned.map(({ line, writtenDate }) => [line, writtenDate]));
  const known = rows.map((row): PreviewRow => ({ ...row, writtenDate: written.get(row.line) ?? row.date }));
  const outside = planned.flatMap((row): readonly PreviewRow[] =>
    row.date === null ? [outOfCalendar(row)] : [],
  );
  return {
    rows: [...known, ...outside].toSorted(
      (one, other) => compare(one.date, other.date) || one.line - other.line,
    ),
    ...effect,
  };
}

/** Takes in a file as one import. The same file twice changes nothing. Throws likewise. */
export async function takeImport(
  clients: ImportClients,
  file: SentFile & { readonly name: string },
  now: Date,
): Promise<ImportResult> {
  const rows = toStatementRows(await readFile(clients, file));
  const { userId, isOfficial, name } = file;
  return importStatement(
    clients.server,
    { userId, isOfficial, name, rows, importId: crypto.randomUUID() },
    now,
  );
}

async function readFile(
  { own }: ImportClients,
  { userId, text, accountId }: SentFile,
): Promise<readonly PlannedRow[]> {
  const file = parseStatementFile(text);
  if (file.rows === null) throw refusal(file.faults);
  const plan = planImport(file.rows, await readImportAccounts(own, userId), accountId);
  if (plan.rows === null) throw refusal(plan.faults);
  return plan.rows;
}

function toStatementRows(rows: readonly PlannedRow[]): readonly StatementRow[] {
  return rows.flatMap(({ line, account, date, value, currency }) =>
    date === null ? [] : [{ line, accountId: account.id, date, total: value, currency }],
  );
}

function outOfCalendar({ line, account, writtenDate, value, currency }: PlannedRow): PreviewRow {
  const verdict: StatementVerdict = writtenDate < CALENDAR_LAST_DATE ? 'before' : 'future';
  return {
    line,
    account: account.name,
    date: writtenDate,
    writtenDate,
    value,
    currency,
    verdict,
    isNews: false,
    known: null,
  };
}

/** How many faults of a file are named; the rest is counted. */
const FAULTS_SHOWN = 3;

function refusal(faults: readonly FileFault[]): AppError {
  const shown = faults
    .slice(0, FAULTS_SHOWN)
    .map(
      ({ line, column, message }) =>
        `Line ${line}${column === null ? '' : `, column “${column}”`}: ${message}`,
    );
  const more = faults.length - shown.length;
  return new AppError('bad_request', [...shown, ...(more > 0 ? [`And ${more} more.`] : [])].join(' '));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
