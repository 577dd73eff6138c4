import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { orNull, readAnswer } from '@/lib/db/rpc';
import type { TradingDate } from '@/lib/domain/trading-date';
import { type DayNote, dayNote } from './document';

/** A user's notes, newest day first, with the client's own rights. */
export function readNotes(client: SupabaseClient<Database>, userId: string): Promise<readonly DayNote[]> {
  return readAnswer('user_notes', client.rpc('user_notes', { p_user_id: userId }), z.array(dayNote));
}

/** Writes a user's note on a day, or removes it for null; false for a user without a portfolio. */
export function saveNote(
  client: SupabaseClient<Database>,
  note: { readonly userId: string; readonly date: TradingDate; readonly text: string | null },
  now: Date,
): Promise<boolean> {
  const call = client.rpc('save_note', {
    p_user_id: note.userId,
    p_date: note.date,
    p_body: orNull(note.text),
    p_now: now.toISOString(),
  });
  return readAnswer('save_note', call, z.boolean());
}
