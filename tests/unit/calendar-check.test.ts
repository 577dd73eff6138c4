import { expect, it } from 'vitest';
import { compareCalendars, type ForeignSession } from '@/lib/domain/calendar-check';
import { exchangeTime, tradingSessions } from '@/lib/domain/nyse-calendar';
import { toDate } from '@/lib/domain/trading-date';

const FROM = toDate('2026-11-13');
const TO = toDate('2027-01-01');

/** Our own calendar, as somebody else would give it. */
const OURS: readonly ForeignSession[] = tradingSessions(FROM, TO).map(({ date, opensAt, closesAt }) => ({
  date,
  opens: exchangeTime(opensAt),
  closes: exchangeTime(closesAt),
}));
const without = (day: string) => OURS.filter(({ date }) => date !== day);
const REGULAR = { opens: '09:30', closes: '16:00' };

it('calendars that agree differ on no day, early closes and the change to winter time included', () => {
  expect(OURS.find(({ date }) => date === '2026-11-27')?.closes).toBe('13:00');
  expect(compareCalendars(OURS, FROM, TO)).toEqual([]);
  const spring = tradingSessions('2026-03-02', '2026-03-13').map(({ date }) => ({ date, ...REGULAR }));
  expect(compareCalendars(spring, toDate('2026-03-02'), toDate('2026-03-13'))).toEqual([]);
});

it('a session that only we have, and one that only they have, is a difference', () => {
  const day = { date: toDate('2026-11-26'), ...REGULAR };
  expect(compareCalendars([...without('2026-12-09'), day], FROM, TO)).toEqual([
    { date: '2026-11-26', ours: null, theirs: REGULAR },
    { date: '2026-12-09', ours: REGULAR, theirs: null },
  ]);
});

it('another close is a difference, and so is another opening', () => {
  const late = { date: toDate('2026-11-27'), ...REGULAR };
  const delayed = { date: toDate('2026-11-30'), opens: '10:00', closes: '16:00' };
  const theirs = [...without('2026-11-27').filter(({ date }) => date !== '2026-11-30'), late, delayed];
  expect(compareCalendars(theirs, FROM, TO)).toEqual([
    { date: '2026-11-27', ours: { opens: '09:30', closes: '13:00' }, theirs: REGULAR },
    { date: '2026-11-30', ours: REGULAR, theirs: { opens: '10:00', closes: '16:00' } },
  ]);
});

it('what they have beyond the days that were asked for says nothing', () => {
  const beyond = [
    { date: toDate('2026-11-08'), ...REGULAR },
    ...OURS,
    { date: toDate('2027-01-02'), ...REGULAR },
  ];
  expect(compareCalendars(beyond, FROM, TO)).toEqual([]);
});
