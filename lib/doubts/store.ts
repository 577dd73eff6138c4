import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { readAnswer } from '@/lib/db/rpc';
import { type LineInQuestion, lineInQuestion, type StandingDecision, standingDecision } from './document';

/** The account lines of a user about which something is open that a person could settle. */
export function readLinesInQuestion(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly LineInQuestion[]> {
  const call = client.rpc('lines_in_question', { p_user_id: userId });
  return readAnswer('lines_in_question', call, z.array(lineInQuestion));
}

/** The decisions of people about a user's evidence that count, newest first. */
export function readStandingDecisions(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly StandingDecision[]> {
  const call = client.rpc('standing_decisions', { p_user_id: userId });
  return readAnswer('standing_decisions', call, z.array(standingDecision));
}
