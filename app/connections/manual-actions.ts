'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { ManualState } from '@/components/connections/actions';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { enforceLimit } from '@/lib/http/limits';
import { requirePageOwner } from '@/lib/http/page';
import { formOf } from '@/lib/http/refuse-request';
import { addByHand, endByHand, giveValue, takeBack } from '@/lib/manual-accounts/keep';

/** Adds an account that no broker knows; stays, and says why, when that is not possible. */
export async function addManualAccountAction(
  viewer: string,
  _before: ManualState,
  form: FormData,
): Promise<ManualState> {
  const { userId } = await requirePageOwner(viewer, '/connections');
  const fields = formOf(form);
  const input = Object.fromEntries(
    ['name', 'currency', 'date', 'value'].map((name) => [name, fields.get(name) ?? '']),
  );
  return answer(async () => {
    await enforceLimit('change', userId);
    await addByHand(serviceClient(env()), userId, input, {
      newId: () => crypto.randomUUID(),
      dataNotice: env().DATA_NOTICE ?? null,
      now: new Date(),
    });
    return 'The account is added. It counts in your line from that day on.';
  });
}

const changes = z.enum(['keep', 'remove', 'end', 'resume', 'delete']);

/** Gives an account that its user keeps by hand a value, takes one back, ends it, goes on with it, or takes all of it back. */
export async function changeManualAccountAction(
  viewer: string,
  _before: ManualState,
  form: FormData,
): Promise<ManualState> {
  const { userId } = await requirePageOwner(viewer, '/connections');
  const fields = formOf(form);
  const change = changes.safeParse(fields.get('change')).data;
  const accountId = z.uuid().safeParse(fields.get('account')).data;
  if (change === undefined || accountId === undefined) return { error: null, done: null };
  return answer(async () => {
    await enforceLimit('change', userId);
    const [client, own, now] = [serviceClient(env()), { userId, accountId }, new Date()] as const;
    switch (change) {
      case 'keep':
        await giveValue(client, own, { date: fields.get('date'), value: fields.get('value') }, now);
        return 'The value is kept, and your line drawn with it.';
      case 'remove':
        await takeBack(client, own, fields.get('date') ?? '', now);
        return 'The value is taken back.';
      case 'end':
        await endByHand(client, own, { since: fields.get('since') }, now);
        return 'The account counts no more from that day on.';
      case 'resume':
        await endByHand(client, own, { since: null }, now);
        return 'The account counts again.';
      case 'delete':
        await takeBack(client, own, null, now);
        return 'The account is taken back, with all of its values.';
    }
  });
}

async function answer(work: () => Promise<string>): Promise<ManualState> {
  try {
    const done = await work();
    revalidatePath('/connections');
    return { error: null, done };
  } catch (error) {
    if (error instanceof AppError) return { error: error.message, done: null };
    throw error;
  }
}
