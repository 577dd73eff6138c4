import { Hono } from 'hono';
import { FRIDAY, holidaysOf, MONDAY } from '@/lib/domain/nyse-holidays';
import {
  addDays,
  dayOfWeek,
  type Instant,
  isDate,
  type TradingDate,
  toInstant,
} from '@/lib/domain/trading-date';
import type { FaultTarget } from './faults';
import { WireRefusal } from './refusal';
import type { Scenario } from './scenario';
import { applyAnswerEffect } from './serve-call';
import type { SandboxState } from './state';
import { utcDateOf } from './sync';

const COLUMNS = 'KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE';
const TARGET: FaultTarget = {
  operation: 'listExchangeRates',
  userId: null,
  connectionId: null,
  accountId: null,
};

/** The scenario's rates as the data service of the European Central Bank publishes its reference rates: `D..EUR.SP00.A` as CSV. */
export function createReferenceRates(state: SandboxState, closing: AbortSignal): Hono {
  const app = new Hono();
  app.get('/:key', async (context) => {
    const { startPeriod = '', format, detail } = context.req.query();
    const isKnown =
      context.req.param('key') === 'D..EUR.SP00.A' && format === 'csvdata' && detail === 'dataonly';
    const now = state.now();
    const answer = await (isKnown && isDate(startPeriod)
      ? answerRates(state, startPeriod, now, AbortSignal.any([context.req.raw.signal, closing]))
      : new Response('Syntax error', { status: 400 }));
    state.logRequest({ at: now, ...TARGET, query: { startPeriod }, status: answer?.status ?? null });
    return answer ?? new Response(null, { status: 499 });
  });
  return app;
}

async function answerRates(
  state: SandboxState,
  from: TradingDate,
  now: Instant,
  waitsUntil: AbortSignal,
): Promise<Response | null> {
  const headers = new Headers({ 'content-type': 'text/csv' });
  try {
    for (const effect of state.faults.open(now).onAnswer(TARGET)) {
      const outcome = await applyAnswerEffect(effect, waitsUntil, headers);
      if (outcome !== 'go_on') return outcome;
    }
  } catch (error) {
    if (error instanceof WireRefusal) return new Response(error.detail, { status: error.status });
    throw error;
  }
  const lines = Object.entries(state.scenario.exchangeRates).flatMap(([pair, script]) =>
    publicationDays(from, now).flatMap((date) => {
      const currency = pair.slice(4);
      const rate = rateOn(script, date);
      return rate === null ? [] : [`EXR.D.${currency}.EUR.SP00.A,D,${currency},EUR,SP00,A,${date},${rate}`];
    }),
  );
  return lines.length === 0
    ? new Response('No results found.', { status: 404 })
    : new Response([COLUMNS, ...lines, ''].join('\n'), { headers });
}

function rateOn(script: Scenario['exchangeRates'][string], date: TradingDate): string | null {
  if (typeof script === 'string') return script;
  const begun = Object.entries(script).filter(([start]) => start <= date);
  return begun.sort(([a], [b]) => (a < b ? -1 : 1)).at(-1)?.[1] ?? null;
}

/** The days since a date whose rates are published: weekdays on which TARGET is open, from 16:00 in Frankfurt (winter time). */
function publicationDays(from: TradingDate, now: Instant): readonly TradingDate[] {
  const days: TradingDate[] = [];
  for (let date = from; date <= utcDateOf(now); date = addDays(date, 1))
    if (isTargetOpen(date) && toInstant(`${date}T15:00:00Z`) <= now) days.push(date);
  return days;
}

const FIXED_CLOSINGS: ReadonlySet<string> = new Set(['01-01', '05-01', '12-25', '12-26']);

function isTargetOpen(date: TradingDate): boolean {
  const weekday = dayOfWeek(date);
  if (weekday < MONDAY || weekday > FRIDAY || FIXED_CLOSINGS.has(date.slice(5))) return false;
  // Good Friday is the one holiday in spring on which New York is closed too; the Monday after it is Easter Monday.
  const goodFridays = holidaysOf(Number(date.slice(0, 4))).filter((day) => /-0[34]-/.test(day));
  return !goodFridays.some((day) => day === date || addDays(day, 3) === date);
}
