import { describe, expect, it } from 'vitest';
import { createPlainFormats } from '@/components/format/formats';
import { alertFormats } from '@/components/labels/operations';
import type { AlertIncident, PendingDelivery } from '@/lib/alerts/document';
import { alertMessage, describeIncident } from '@/lib/alerts/message';
import { toDate, toInstant } from '@/lib/domain/trading-date';

const openedAt = toInstant('2026-11-21T01:05:00Z');
const resolvedAt = toInstant('2026-11-21T03:10:00Z');
const friday = toDate('2026-11-20');

const EVERY_KIND: readonly AlertIncident[] = [
  { kind: 'run_failed', key: 'run_failed', facts: { runs: 2, since: openedAt } },
  { kind: 'no_run', key: 'no_run', facts: { tradingDay: friday, lastRunAt: null } },
  {
    kind: 'coverage_below_target',
    key: 'coverage_below_target:2026-11-20',
    facts: { tradingDay: friday, expected: 2000, present: 1989 },
  },
  {
    kind: 'brokerage_incident',
    key: 'x',
    facts: {
      provider: 'snaptrade',
      institution: 'Bread & <Butter>',
      reason: 'rate_limited',
      users: 3,
      connections: 4,
      since: friday,
    },
  },
  { kind: 'held_values_waiting', key: 'held_values_waiting', facts: { count: 1, since: openedAt } },
  {
    kind: 'reconnect_needed',
    key: 'reconnect_needed:2026-11-20',
    facts: { date: friday, connections: 3, institutions: { Harbor: 2, Fable: 1 } },
  },
  { kind: 'provider_keys_refused', key: 'k', facts: { provider: 'snaptrade', connections: 9 } },
  {
    kind: 'calendar_differs',
    key: 'calendar_differs:2026-11-20',
    facts: { source: 'Alpaca', date: friday, ours: { opens: '09:30', closes: '16:00' }, theirs: null },
  },
];

function messageOf(
  incident: AlertIncident,
  parts: Partial<PendingDelivery> = {},
  appUrl: string | null = null,
) {
  const delivery = { alertId: 1, state: 'open', attempts: 0, openedAt, resolvedAt: null, incident } as const;
  return alertMessage({ ...delivery, ...parts }, appUrl);
}

describe('a message', () => {
  it.each([
    ['run_failed', '2 capture runs in a row failed. The first began at 2026-11-21 01:05 UTC.'],
    ['no_run', 'No capture has run for 2026-11-20. There was never a scheduled run.'],
    [
      'coverage_below_target',
      'Coverage of 2026-11-20 is below its target. 1989 of 2000 account days are there (99.4 %).',
    ],
    [
      'brokerage_incident',
      'Bread &amp; &lt;Butter&gt; fails for many users. 4 connections of 3 users through snaptrade since 2026-11-20: rate limited.',
    ],
    [
      'held_values_waiting',
      '1 held value waiting for a verdict. The oldest waits since 2026-11-21 01:05 UTC.',
    ],
    [
      'reconnect_needed',
      '3 connections broke on 2026-11-20. Their users have to reconnect (Harbor 2, Fable 1).',
    ],
    ['provider_keys_refused', 'snaptrade refuses our keys. 9 connections cannot be asked.'],
  ])('of %s says what it is and what to do', (kind, text) => {
    const incident = EVERY_KIND.find((one) => one.kind === kind);
    if (incident === undefined) throw new Error(`no example of ${kind}`);
    expect(messageOf(incident).text).toContain(`Alert: ${text}`);
    expect(messageOf(incident, { state: 'resolved', resolvedAt }).text).toContain(
      `Resolved: ${text.slice(0, text.indexOf('. '))}`,
    );
  });

  it.each(EVERY_KIND)(
    'of $kind has the blocks that Slack takes, and a link where the product’s address is known',
    (incident) => {
      const { blocks } = messageOf(incident, {}, 'https://portfolio.example/base');
      expect(blocks.map(({ type }) => type)).toEqual(['header', 'section', 'context']);
      expect(JSON.stringify(blocks[2])).toMatch(
        /<https:\/\/portfolio\.example\/admin\/(coverage|runs)\|Open the page>/,
      );
      expect(JSON.stringify(messageOf(incident).blocks)).not.toContain('http');
    },
  );

  it('that a day is covered is not said of one that is only no longer watched', () => {
    const [, , coverage] = EVERY_KIND;
    if (coverage === undefined) throw new Error('no example');
    const said = (at: string) => messageOf(coverage, { state: 'resolved', resolvedAt: toInstant(at) }).text;
    expect(said('2026-11-21T03:10:00Z')).toContain('The day is covered now.');
    expect(said('2026-12-22T03:10:00Z')).toContain('still incomplete');
  });

  it('that begins an incident stays one when the incident was over before it could be told', () => {
    const [failed] = EVERY_KIND;
    if (failed === undefined) throw new Error('no example');
    expect(messageOf(failed, { resolvedAt }).text).toMatch(/^Alert: .*The next tick tries again/);
  });
});

describe('an alert on the operators’ pages', () => {
  const formats = alertFormats(createPlainFormats('en-US'));
  const words = (incident: AlertIncident) => describeIncident({ incident, resolvedAt: null }, formats);
  const said = (kind: AlertIncident['kind']) => {
    const incident = EVERY_KIND.find((one) => one.kind === kind);
    if (incident === undefined) throw new Error(`no example of ${kind}`);
    const { title, advice } = words(incident);
    return `${title}. ${advice}`;
  };

  it('names providers, reasons, days and times as every other page does', () => {
    expect(said('brokerage_incident')).toBe(
      'Bread & <Butter> fails for many users. 4 connections of 3 users through SnapTrade since Nov 20, 2026: queued.',
    );
    expect(said('provider_keys_refused')).toMatch(/^SnapTrade refuses our keys\. 9 connections/);
    expect(said('coverage_below_target')).toBe(
      'Coverage of Nov 20, 2026 is below its target. 1,989 of 2,000 account days are there (99.45%). Ticks go on looking for the rest.',
    );
    expect(said('reconnect_needed')).toMatch(/^3 connections broke on Nov 20, 2026\./);
    expect(said('run_failed')).toContain('The first began at Nov 20, 2026, 20:05 ET.');
    expect(said('held_values_waiting')).toContain('The oldest waits since Nov 20, 2026, 20:05 ET.');
  });

  it.each(EVERY_KIND)('of $kind has neither a code nor a date for machines in it', (incident) => {
    expect(JSON.stringify(words(incident))).not.toMatch(/snaptrade|_|\d{4}-\d{2}-\d{2}|UTC/);
  });
});
