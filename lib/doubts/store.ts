import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { readAnswer } from '@/lib/db/rpc';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Conclusions } from '@/lib/fill/evidence-store';
import {
  type CurrentDecision,
  currentDecision,
  type LineInQuestion,
  lineInQuestion,
  type PublishedPreview,
  publishedPreview,
  type UnnamedAccount,
  unnamedAccount,
} from './document';

/** The account lines of a user about which something is open that a person could settle. */
export function readLinesInQuestion(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly LineInQuestion[]> {
  const call = client.rpc('lines_in_question', { p_user_id: userId });
  return readAnswer('lines_in_question', call, z.array(lineInQuestion));
}

/** The accounts of a user of which nobody knows whether they count. */
export function readUnnamedAccounts(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly UnnamedAccount[]> {
  const call = client.rpc('unnamed_accounts', { p_user_id: userId });
  return readAnswer('unnamed_accounts', call, z.array(unnamedAccount));
}

/** The decisions of people about a user's evidence that count, newest first. */
export function readCurrentDecisions(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly CurrentDecision[]> {
  const call = client.rpc('current_decisions', { p_user_id: userId });
  return readAnswer('current_decisions', call, z.array(currentDecision));
}

interface PreviewRead {
  readonly lineId: string;
  readonly version: string;
  readonly conclusions: Conclusions;
  readonly from: TradingDate;
  readonly to: TradingDate;
}

/** What would be published if conclusions were recorded; nothing is. Null when the evidence has grown since. */
export function previewReconciliation(
  client: SupabaseClient<Database>,
  { lineId, version, conclusions, from, to }: PreviewRead,
  now: Date,
): Promise<PublishedPreview | null> {
  const call = client.rpc('preview_reconciliation', {
    p_line_id: lineId,
    p_version: version,
    p_conclusions: JSON.parse(JSON.stringify(conclusions)),
    p_from: from,
    p_to: to,
    p_now: now.toISOString(),
  });
  return readAnswer('preview_reconciliation', call, publishedPreview.nullable());
}
