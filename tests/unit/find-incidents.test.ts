import { describe, expect, it } from 'vitest';
import { type AlertEvidence, findAlertIncidents, watchedDays } from '@/lib/alerts/incidents';
import type { Incident } from '@/lib/domain/incidents';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import type { CaptureHealth } from '@/lib/operations/document';

const FRIDAY = toDate('2026-11-20');
const THURSDAY = toDate('2026-11-19');
const at = toInstant('2026-11-20T21:35:00Z');

const covered: CaptureHealth = {
  expected: 1000,
  present: 1000,
  brokenConnections: 0,
  lastRun: { status: 'complete', startedAt: at, finishedAt: at, tradingDay: FRIDAY },
};
const quiet = { openKeys: [], failedRuns: null, reconnect: [], keysRefused: [], calendarDifferences: [] };
const harbor: Incident = {
  key: 'snaptrade/Harbor/unavailable',
  provider: 'snaptrade',
  institution: 'Harbor',
  reason: 'unavailable',
  users: 12,
  connections: 14,
  since: FRIDAY,
};

function keysOf({
  capture = covered,
  signals = {},
  held = { count: 0, oldest: null },
  brokerages = [],
  others = [],
}: {
  readonly capture?: CaptureHealth;
  readonly signals?: Partial<AlertEvidence['signals']>;
  readonly held?: AlertEvidence['held'];
  readonly brokerages?: readonly Incident[];
  readonly others?: readonly [ReturnType<typeof toDate>, CaptureHealth][];
}): readonly string[] {
  const captures = new Map([[FRIDAY, capture], ...others]);
  return findAlertIncidents({
    tradingDay: FRIDAY,
    target: 0.995,
    captures,
    signals: { ...quiet, ...signals },
    held,
    brokerages,
  }).map(({ key }) => key);
}

describe('what is wrong', () => {
  it('is nothing when the day is covered by a run', () => {
    expect(keysOf({})).toEqual([]);
  });

  it('is a run that failed, once, however many failed in a row', () => {
    expect(keysOf({ signals: { failedRuns: { runs: 3, since: at } } })).toEqual(['run_failed']);
  });

  it('is a day that no run has seen, and what is missing of it', () => {
    expect(keysOf({ capture: { ...covered, present: 0, lastRun: null } })).toEqual([
      'no_run',
      'coverage_below_target:2026-11-20',
    ]);
  });

  it('is each day of which another calendar differs, but of a calendar that differs on many the first five', () => {
    const days = ['07', '08', '09', '10', '11', '14'].map((day) => ({
      source: 'Alpaca',
      date: toDate(`2026-12-${day}`),
      ours: { opens: '09:30', closes: '16:00' },
      theirs: null,
    }));
    const [first] = days;
    expect(keysOf({ signals: { calendarDifferences: first === undefined ? [] : [first] } })).toEqual([
      'calendar_differs:2026-12-07',
    ]);
    expect(keysOf({ signals: { calendarDifferences: days } })).toHaveLength(5);
  });

  it('is each day below its target, as an incident of its own', () => {
    const capture = { ...covered, present: 994 };
    expect(keysOf({ capture, others: [[THURSDAY, capture]] })).toEqual([
      'coverage_below_target:2026-11-20',
      'coverage_below_target:2026-11-19',
    ]);
  });

  it('is a brokerage that fails for many, by its name and reason', () => {
    expect(keysOf({ brokerages: [harbor] })).toEqual(['brokerage_incident:snaptrade/Harbor/unavailable']);
  });

  it('is that our keys are refused, and not also all that follows from it at that provider', () => {
    const keysRefused = [{ provider: 'snaptrade', connections: 14 }];
    expect(keysOf({ signals: { keysRefused }, brokerages: [harbor] })).toEqual([
      'provider_keys_refused:snaptrade',
    ]);
    expect(keysOf({ signals: { keysRefused }, brokerages: [{ ...harbor, provider: 'plaid' }] })).toHaveLength(
      2,
    );
  });

  it('is that nothing ran, and not also that every brokerage waits; what it waits for after a run is its own doing', () => {
    const waiting: Incident = { ...harbor, key: 'waiting', reason: 'not_yet_due' };
    const capture = { ...covered, lastRun: null };
    expect(keysOf({ capture, brokerages: [waiting, harbor] })).toEqual([
      'no_run',
      'brokerage_incident:snaptrade/Harbor/unavailable',
    ]);
    expect(keysOf({ brokerages: [waiting] })).toEqual(['brokerage_incident:waiting']);
  });

  it('is a held value that waits', () => {
    expect(keysOf({ held: { count: 2, oldest: at } })).toEqual(['held_values_waiting']);
  });

  it('is what broke within a week, and what broke before only for somebody who was told', () => {
    const broken = (date: string) => ({ date: toDate(date), connections: 1, institutions: { Harbor: 1 } });
    const reconnect = [broken('2026-11-12'), broken('2026-11-13'), broken('2026-11-20')];
    expect(keysOf({ signals: { reconnect } })).toEqual([
      'reconnect_needed:2026-11-13',
      'reconnect_needed:2026-11-20',
    ]);
    expect(keysOf({ signals: { reconnect, openKeys: ['reconnect_needed:2026-11-12'] } })).toContain(
      'reconnect_needed:2026-11-12',
    );
  });
});

describe('the days that are watched', () => {
  it('are the last one past its deadline and those that somebody was told about, for thirty days', () => {
    const openKeys = [
      'coverage_below_target:2026-11-19',
      'coverage_below_target:2026-10-21',
      'coverage_below_target:2026-10-20',
      'coverage_below_target:2026-11-20',
      'run_failed',
    ];
    expect(watchedDays(FRIDAY, { openKeys })).toEqual(['2026-11-20', '2026-11-19', '2026-10-21']);
  });
});
