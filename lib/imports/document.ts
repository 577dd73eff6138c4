import 'server-only';
import { z } from 'zod';
import { amount, currency, date, instant, type Output } from '@/lib/db/rpc';
import { STATEMENT_VERDICTS } from '@/lib/domain/statement-values';
import { KINDS } from '@/lib/domain/states';

const count = z.number().int();

/** A real account that values can be added to. */
export const importAccount = z.object({
  id: z.uuid(),
  name: z.string(),
  institution: z.string(),
  /** Null while the provider has not reported it. */
  currency: currency.nullable(),
});
export type ImportAccount = Output<typeof importAccount>;

/** What taking in a row would mean. */
const previewRow = z.object({
  /** In the file, counted from 1. */
  line: count,
  /** The name of the account. */
  account: z.string(),
  /** The trading day that the value is for. */
  date,
  value: amount,
  currency,
  verdict: z.enum(STATEMENT_VERDICTS),
  /** Whether there is anything to take in. */
  isNews: z.boolean(),
  /** What is known of that day so far; null when nothing is. */
  known: z.object({ value: amount, currency, kind: z.enum(KINDS), source: z.string() }).nullable(),
});

const publishedDay = z.object({ value: amount, kind: z.enum(KINDS) }).nullable();

/** What the database would make of a file. */
export const storedPreview = z.object({
  rows: z.array(previewRow),
  /** What totals are in; null for who has linked nothing. */
  currency: currency.nullable(),
  /** Published days of the whole portfolio that would change, oldest first; null where none is published. */
  changes: z.array(z.object({ date, now: publishedDay, next: publishedDay })),
});

/** A row with the date that the file gives for it, which need not be a trading day. */
export type PreviewRow = Output<typeof previewRow> & { readonly writtenDate: Output<typeof date> };

/** What taking in a file would mean: of each row, and for the published days of the whole portfolio. */
export interface ImportPreview {
  readonly rows: readonly PreviewRow[];
  readonly currency: Output<typeof storedPreview>['currency'];
  readonly changes: Output<typeof storedPreview>['changes'];
}

/** What taking in a file did; `importId` is null where there was nothing to take in. */
export const importResult = z.object({ importId: z.uuid().nullable(), values: count, published: count });
export type ImportResult = Output<typeof importResult>;

/** What undoing an import did: how many values were voided, and how many published days changed. */
export const undoneImport = z.object({ importId: z.uuid(), values: count, published: count });
export type UndoneImport = Output<typeof undoneImport>;

/** One file that was taken in. */
export const pastImport = z.object({
  id: z.uuid(),
  name: z.string(),
  isOfficial: z.boolean(),
  importedAt: instant,
  /** Null while it counts. */
  undoneAt: instant.nullable(),
  values: count,
  /** The names of its accounts. */
  accounts: z.array(z.string()),
  from: date,
  to: date,
});
export type PastImport = Output<typeof pastImport>;
