import { Hono } from 'hono';
import { z } from 'zod';
import { exchangeTime, tradingSessions } from '@/lib/domain/nyse-calendar';
import type { SandboxKeys } from '../signature';
import type { SandboxState } from '../state';
import { dateText } from '../texts';

const dayOf = z
  .string()
  .transform((text) => text.slice(0, 10))
  .pipe(dateText);
const querySchema = z.object({ start: dayOf, end: dayOf });

/** Alpaca's calendar to the sandbox's own keys: that of the exchange, but for the days that the scenario says otherwise of. */
export function createAlpacaCalendar(state: SandboxState, keys: SandboxKeys): Hono {
  const app = new Hono();
  app.get('/', (context) => {
    const isKnown =
      context.req.header('APCA-API-KEY-ID') === keys.clientId &&
      context.req.header('APCA-API-SECRET-KEY') === keys.consumerKey;
    let status = 200;
    const parsed = querySchema.safeParse(context.req.query());
    if (!isKnown) status = 401;
    else if (!parsed.success) status = 422;
    state.logRequest({ ...TARGET, at: state.now(), query: context.req.query(), status });
    if (!isKnown) return context.json({ code: 40110000, message: 'request is not authorized' }, 401);
    if (!parsed.success) return context.json({ code: 42210000, message: 'invalid query' }, 422);
    return context.json(renderDays(state, parsed.data.start, parsed.data.end));
  });
  return app;
}

const TARGET = { operation: 'alpacaCalendar', userId: null, connectionId: null, accountId: null } as const;

function renderDays({ scenario: { calendar } }: SandboxState, start: string, end: string) {
  const days = new Map(
    tradingSessions(start, end).map(({ date, opensAt, closesAt }) => [
      date as string,
      { open: exchangeTime(opensAt), close: exchangeTime(closesAt) },
    ]),
  );
  for (const [date, hours] of Object.entries(calendar)) {
    if (date < start || date > end) continue;
    if (hours === null) days.delete(date);
    else days.set(date, hours);
  }
  return [...days]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([date, { open, close }]) => ({
      date,
      open,
      close,
      session_open: '0400',
      session_close: '2000',
      settlement_date: date,
    }));
}
