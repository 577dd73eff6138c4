import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { text } from '@/lib/db/rpc';
import { latestClosedSession, nextSession } from '@/lib/domain/nyse-calendar';
import { BACKFILL_REASONS, PROVIDER_IDS, type ProviderId } from '@/lib/domain/states';
import { addDays, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import { AppError } from '@/lib/errors';
import { REACH_DAYS, SETTLE_MINUTES } from '@/lib/fill/run';
import { calendarDate } from '@/lib/http/query';
import { findUserByEmail, readUserEmail } from '@/lib/operations/store';
import type { BackfillPreview } from './document';
import type { ReachableScope } from './store';

/** The parts of a request that say what to backfill; a part that is left out is not limited. */
export const scopeFields = {
  /** By id or by e-mail address. */
  user: text(320).optional(),
  provider: z.enum(PROVIDER_IDS).optional(),
  institution: text(200).optional(),
  reason: z.enum(BACKFILL_REASONS).optional(),
  from: calendarDate,
  to: calendarDate,
};

type ScopeInput = z.infer<z.ZodObject<typeof scopeFields>>;

export interface ResolvedScope {
  readonly scope: ReachableScope;
  /** The day that a connection's current values still bring; null when its window has closed. */
  readonly captureDay: TradingDate | null;
}

/** The days that a backfill can be about at an instant: those that providers reach and that are due. */
export function reachableRange(now: Date): { readonly from: TradingDate; readonly to: TradingDate } {
  const { date } = latestClosedSession(now, SETTLE_MINUTES);
  return { from: addDays(date, -REACH_DAYS), to: date };
}

/** What a request means at an instant, with the sources that are switched on. Days that are not due yet are left out. Throws an `AppError` that says what is wrong. */
export async function resolveScope(
  client: SupabaseClient<Database>,
  input: ScopeInput,
  providers: readonly ProviderId[],
  now: Date,
): Promise<ResolvedScope> {
  const due = reachableRange(now);
  if (input.from > input.to) throw new AppError('bad_request', 'from must not be after to.');
  if (input.from > due.to)
    throw new AppError(
      'bad_request',
      `from must not be after ${due.to}, the latest trading day that is due.`,
    );
  const isDue = input.to <= due.to;
  return {
    scope: {
      userId: input.user === undefined ? null : await resolveUser(client, input.user),
      provider: input.provider ?? null,
      institution: input.institution ?? null,
      reason: input.reason ?? null,
      from: input.from,
      to: isDue ? input.to : due.to,
      reach: due.from,
      providers,
    },
    captureDay: toInstant(now) < nextSession(due.to).opensAt ? due.to : null,
  };
}

async function resolveUser(client: SupabaseClient<Database>, user: string): Promise<string> {
  const id = z.uuid().safeParse(user).data;
  const found =
    id === undefined
      ? await findUserByEmail(client, user)
      : (await readUserEmail(client, id)) === null
        ? null
        : id;
  if (found === null) throw new AppError('bad_request', 'user: nobody has this id or e-mail address.');
  return found;
}

/** The sources of all that is missing, where they are all switched off, so that there is nobody to ask; empty otherwise. */
export function sourcesOff({
  accountDays,
  offDays,
}: Pick<BackfillPreview, 'accountDays' | 'offDays'>): readonly string[] {
  return accountDays > 0 ? [] : Object.keys(offDays).toSorted();
}
