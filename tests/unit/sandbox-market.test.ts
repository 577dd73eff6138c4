import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { toDate } from '@/lib/domain/trading-date';
import {
  createMarket,
  DEFAULT_SHIFT_SESSIONS,
  Exact,
  findReplayedRow,
  sessionOrdinal,
} from '@/lib/local/sandbox/market';
import { readRealCloses } from '@/lib/local/sandbox/real-closes';

const CLOSES = readRealCloses();
const SESSIONS = tradingSessions('2000-01-03', '2035-12-31').map(({ date }) => date);

function levelOn(date: string, shiftSessions: number): InstanceType<typeof Exact> {
  const instrument = { symbol: 'X', shiftSessions, startLevel: '250', baseDate: '2024-11-01' };
  const level = createMarket([instrument], CLOSES).levelOn('X', toDate(date));
  if (level === null) throw new Error(`no level on ${date}`);
  return level;
}

describe('the sandbox market', () => {
  it('has one real close for every session of the calendar from 2000-01-03 to 2020-04-17', () => {
    expect(CLOSES).toHaveLength(tradingSessions('2000-01-03', '2020-04-17').length);
  });

  it('repeats real history unchanged when nothing is shifted', () => {
    const instrument = { symbol: 'X', shiftSessions: 0, startLevel: CLOSES[0] ?? '', baseDate: '2000-01-03' };
    const market = createMarket([instrument], CLOSES);
    // Black Thursday of 2020 and the trading day before it, as everyone can look them up.
    expect(market.levelOn('X', toDate('2020-03-11'))?.toFixed(2)).toBe('2741.38');
    expect(market.levelOn('X', toDate('2020-03-12'))?.toFixed(2)).toBe('2480.64');
  });

  it('stands at the start level on the base date', () => {
    expect(levelOn('2024-11-01', DEFAULT_SHIFT_SESSIONS).toFixed(10)).toBe('250.0000000000');
  });

  it('gives each session exactly the real return of the row that it replays', () => {
    const ordinals = fc.integer({ min: 1, max: SESSIONS.length - 1 });
    const shifts = fc.integer({ min: -3000, max: 9000 });
    fc.assert(
      fc.property(ordinals, shifts, (ordinal, shift) => {
        const { row } = findReplayedRow(ordinal, shift, CLOSES.length);
        const real = new Exact(CLOSES[row] ?? '').div(CLOSES[row - 1] ?? '');
        const replayed = levelOn(SESSIONS[ordinal] ?? '', shift).div(
          levelOn(SESSIONS[ordinal - 1] ?? '', shift),
        );
        expect(replayed.toFixed(20)).toBe(real.toFixed(20));
      }),
      { numRuns: 60 },
    );
  });

  it('replays each return once before it starts over', () => {
    const rows = Array.from(
      { length: CLOSES.length - 1 },
      (_, at) => findReplayedRow(at + 1, 700, CLOSES.length).row,
    );
    expect(new Set(rows).size).toBe(CLOSES.length - 1);
    expect(Math.min(...rows)).toBe(1);
    expect(Math.max(...rows)).toBe(CLOSES.length - 1);
  });

  it('shows the years 2017 and 2018 to a viewer of 2025 and 2026', () => {
    const replayedOn = (date: string) =>
      SESSIONS[findReplayedRow(sessionOrdinal(toDate(date)) ?? 0, DEFAULT_SHIFT_SESSIONS, CLOSES.length).row];
    expect(replayedOn('2024-11-20')?.slice(0, 4)).toBe('2017');
    expect(replayedOn('2026-11-20')?.slice(0, 4)).toBe('2019');
  });

  it.each(['2026-11-21', '2026-11-26', '2025-01-09'])(
    'has no price on %s, when the exchange is closed',
    (date) => {
      const instrument = { symbol: 'X', shiftSessions: 0, startLevel: '1', baseDate: '2024-11-01' };
      expect(createMarket([instrument], CLOSES).levelOn('X', toDate(date))).toBeNull();
    },
  );

  it('refuses a symbol that it does not know', () => {
    expect(() => createMarket([], CLOSES).levelOn('NONE', toDate('2026-11-20'))).toThrow(RangeError);
  });
});
