'use server';

import { revalidatePath } from 'next/cache';
import type { NoteState } from '@/components/portfolio/day-notes';
import { serviceClient } from '@/lib/db/clients';
import { isDate } from '@/lib/domain/trading-date';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { enforceLimit } from '@/lib/http/limits';
import { requirePageOwner } from '@/lib/http/page';
import { formOf } from '@/lib/http/refuse-request';
import { saveNote } from '@/lib/notes/store';

const CHARACTERS_MAX = 1000;

/** Writes the note of the one for whom the page was made beside a day, `date`; without `text` it is removed. */
export async function saveNoteAction(
  viewer: string,
  _before: NoteState,
  given: FormData,
): Promise<NoteState> {
  const { userId } = await requirePageOwner(viewer, '/');
  const form = formOf(given);
  const date = String(form.get('date') ?? '');
  const text = String(form.get('text') ?? '').trim();
  if (!isDate(date)) return { error: 'Choose a day.' };
  if (text.length > CHARACTERS_MAX) return { error: `A note may have ${CHARACTERS_MAX} characters at most.` };
  try {
    await enforceLimit('change', userId);
    const note = { userId, date, text: text === '' ? null : text };
    if (!(await saveNote(serviceClient(env()), note, new Date())))
      return { error: 'Connect a brokerage first.' };
  } catch (error) {
    if (error instanceof AppError) return { error: error.message };
    throw error;
  }
  revalidatePath('/');
  return { error: null };
}
