import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { closuresOf, tradingSessions } from '@/lib/domain/nyse-calendar';
import { SPECIAL_CLOSURES } from '@/lib/domain/nyse-holidays';
import { ANNOUNCED_UNTIL, renderTradingDays, TRADING_DAYS_FILE } from '@/supabase/trading-days';

const committed = readFileSync(
  new URL(`../../supabase/schemas/${TRADING_DAYS_FILE}`, import.meta.url),
  'utf8',
);
const sessions = tradingSessions('2000-01-01', '2035-12-31');

/** The pairs of date and time in one VALUES list of the file. */
function readPairs(name: string): string[] {
  const list = committed.split(`  ${name} as (`)[1]?.split(') as listed')[0] ?? '';
  return [...list.matchAll(/\('([\d-]+)', '([\d:]+)'\)/g)].map(([, date, time]) => `${date} ${time}`);
}

describe('the rows of the trading days', () => {
  it('is what the generator writes', () => {
    expect(renderTradingDays()).toBe(committed);
  });

  it('closes the weekdays without a session, and no others', () => {
    const closures = committed.split('array[')[1]?.match(/\d{4}-\d{2}-\d{2}/g) ?? [];
    const tradingDays = new Set<string>(sessions.map((session) => session.date));
    const expected: string[] = [];
    for (let day = Date.UTC(2000, 0, 1); day <= Date.UTC(2035, 11, 31); day += 86_400_000) {
      const date = new Date(day).toISOString().slice(0, 10);
      const isAnnouncedLater =
        date > ANNOUNCED_UNTIL && SPECIAL_CLOSURES.some((closure) => closure.date === date);
      if (new Date(day).getUTCDay() % 6 !== 0 && !tradingDays.has(date) && !isAnnouncedLater)
        expected.push(date);
    }
    expect(closures).toEqual(expected);
  });

  it('shortens the sessions that the calendar shortens', () => {
    const early = sessions.filter((session) => session.earlyClose).map((session) => session.date);
    expect(readPairs('early_close').map((pair) => pair.slice(0, 10))).toEqual(early);
    expect(readPairs('early_close').filter((pair) => !pair.endsWith('13:00'))).toEqual(['2005-06-01 15:56']);
    expect(readPairs('late_open')).toContain('2002-09-11 12:00');
    expect(readPairs('late_open')).toHaveLength(6);
  });

  it('stays as it is when a closure is announced later', () => {
    expect(closuresOf(2025, '2025-01-09')).toContain('2025-01-09');
    expect(closuresOf(2025, '2025-01-08')).not.toContain('2025-01-09');
    expect(closuresOf(2025, '2025-01-08')).toContain('2025-07-04');
  });
});
