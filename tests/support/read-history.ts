import { z } from 'zod';
import { linkPortfolio, type PortfolioParts, type TestPortfolio } from './populated-fixture';
import type { TestStack, TestUser } from './test-stack';

const historyDocument = z.strictObject({
  currency: z.string(),
  dataNotice: z.string().nullable(),
  knownFrom: z.iso.date().nullable(),
  from: z.iso.date(),
  to: z.iso.date(),
  points: z.array(
    z.strictObject({
      date: z.iso.date(),
      value: z.string(),
      kind: z.enum(['daily_eod', 'reconstructed', 'estimated']),
      source: z.string(),
      asOf: z.string(),
      accountsExpected: z.number(),
      accountsPresent: z.number(),
      carried: z.array(z.strictObject({ accountId: z.uuid(), name: z.string(), from: z.iso.date() })),
      leftOut: z.array(z.strictObject({ accountId: z.uuid(), name: z.string() })),
    }),
  ),
  gaps: z.array(
    z.strictObject({
      from: z.iso.date(),
      to: z.iso.date(),
      days: z.number(),
      reason: z.string(),
      final: z.boolean(),
      nextAttemptAt: z.string().nullable(),
      attempts: z.number(),
    }),
  ),
  live: z.strictObject({ value: z.string(), asOf: z.string(), source: z.string() }).nullable(),
  flows: z.strictObject({
    external: z.array(z.strictObject({ date: z.string(), amount: z.string() })).nullable(),
    provisional: z.boolean(),
    unknown: z.array(z.strictObject({ from: z.string(), to: z.string() })),
  }),
  coverage: z.strictObject({
    presentDays: z.number(),
    missingDays: z.number(),
    byKind: z.strictObject({ daily_eod: z.number(), reconstructed: z.number(), estimated: z.number() }),
  }),
  corrections: z.array(z.looseObject({ date: z.iso.date(), reason: z.string() })),
  accounts: z.array(
    z.strictObject({
      id: z.uuid(),
      name: z.string(),
      institution: z.string(),
      currency: z.string().nullable(),
      closedOn: z.iso.date().nullable(),
      isShown: z.boolean(),
      brokenSince: z.iso.date().nullable(),
      first: z.strictObject({ date: z.iso.date(), value: z.string() }).nullable(),
      last: z.strictObject({ date: z.iso.date(), value: z.string() }).nullable(),
    }),
  ),
  connections: z.array(
    z.strictObject({
      id: z.uuid(),
      institution: z.string(),
      status: z.string(),
      lastSuccessAt: z.string().nullable(),
    }),
  ),
});

export type HistoryDocument = z.infer<typeof historyDocument>;

interface Range {
  readonly from?: string | null;
  readonly to?: string;
  /** The latest trading day that is due. */
  readonly due?: string;
  /** The first day that the provider's history still reaches. */
  readonly reach?: string;
  /** The accounts to read; all when left out. */
  readonly accountIds?: readonly string[];
}

/** A user's own history through the API, of the week that ends on 2026-11-20 unless named otherwise. */
export async function readHistory(user: TestUser, range: Range = {}): Promise<HistoryDocument> {
  const { from, to, due, reach, accountIds } = { ...THE_WEEK, ...range };
  const { data, error } = await user.client.rpc('portfolio_history', {
    p_user_id: user.id,
    // The generated types know no null for an argument, though every argument may be null.
    p_from: from as string,
    p_to: to,
    p_due: due,
    p_reach: reach,
    ...(accountIds === undefined ? {} : { p_line_ids: [...accountIds] }),
  });
  if (error !== null) throw new Error(`portfolio_history failed: ${error.message}`, { cause: error });
  return historyDocument.parse(data);
}

const THE_WEEK = { from: '2026-11-16', to: '2026-11-20', due: '2026-11-20', reach: '2025-11-20' };

/** A signed-in user with one linked account, who reads their own history. */
export async function linkReader(stack: TestStack, parts: PortfolioParts = {}): Promise<HistoryReader> {
  const user = await stack.createUser();
  const portfolio = await linkPortfolio(stack, { userId: user.id, ...parts });
  return { ...portfolio, read: (range) => readHistory(user, range) };
}

interface HistoryReader extends TestPortfolio {
  read(range?: Range): Promise<HistoryDocument>;
}

/** Reads CSV as RFC 4180 has it, after a byte order mark; each row by the names of the header. Throws on text that is not such a table. */
export function readCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = readRows(text.replace(/^\uFEFF/, ''));
  return rows.map((row) => {
    if (row.length !== header.length) throw new Error(`${row.length} cells under ${header.length} names`);
    return Object.fromEntries(header.map((name, index) => [name, row[index] ?? '']));
  });
}

function readRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    // A cell is quoted, with quotes in it doubled, or has none of the signs that need quoting.
    const found = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(text.slice(at));
    if (found === null) throw new Error(`not CSV at ${at}: ${text.slice(at, at + 40)}`);
    const [whole, quoted, plain = '', end] = found;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
    at += whole.length;
  }
  return rows;
}
