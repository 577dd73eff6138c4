import { describe, expect, it } from 'vitest';
import { findIncidents, type InstitutionFailures } from '@/lib/domain/incidents';
import { toDate } from '@/lib/domain/trading-date';

const since = toDate('2026-11-19');
type Failure = InstitutionFailures['failures'][number];

const failing = (
  connections: number,
  reason: Failure['reason'] = 'unavailable',
  users = connections,
): Failure => ({
  reason,
  users,
  connections,
  since,
});

const institution = (name: string, connections: number, ...failures: Failure[]): InstitutionFailures => ({
  provider: 'snaptrade',
  institution: name,
  users: connections,
  connections,
  failures,
});

const keysOf = (institutions: readonly InstitutionFailures[], isOverdue = true) =>
  findIncidents(institutions, isOverdue).map(({ key }) => key);

describe('an incident', () => {
  it('is a brokerage that fails for at least three users and three in ten of its connections', () => {
    const healthy = institution('Summit', 50);
    expect(findIncidents([institution('Harbor', 10, failing(3)), healthy], true)).toEqual([
      {
        key: 'snaptrade/Harbor/unavailable',
        provider: 'snaptrade',
        institution: 'Harbor',
        reason: 'unavailable',
        users: 3,
        connections: 3,
        since,
      },
    ]);
    expect(keysOf([institution('Harbor', 11, failing(3)), healthy])).toEqual([]);
    expect(keysOf([institution('Harbor', 2, failing(2)), healthy])).toEqual([]);
    expect(keysOf([institution('Harbor', 4, failing(4, 'unavailable', 2)), healthy])).toEqual([]);
  });

  it('is told by its reason: different ones do not add up', () => {
    const torn = institution('Harbor', 10, failing(2), failing(2, 'held'), failing(5, 'connection_broken'));
    expect(keysOf([torn, institution('Summit', 50)])).toEqual(['snaptrade/Harbor/connection_broken']);
  });

  it('is no day that waits for its capture, until the deadline', () => {
    const waiting = institution('Harbor', 10, failing(10, 'not_yet_due'));
    expect(keysOf([waiting, institution('Summit', 50)], false)).toEqual([]);
    expect(keysOf([waiting, institution('Summit', 50)], true)).toEqual(['snaptrade/Harbor/not_yet_due']);
  });

  it('is the provider’s where all of its brokerages fail alike, however small those that tell nothing', () => {
    const all = [
      institution('Harbor', 10, failing(8)),
      institution('Summit', 20, { ...failing(20), since: toDate('2026-11-17') }),
      institution('Tiny', 1),
    ];
    expect(findIncidents(all, true)).toMatchObject([
      {
        key: 'snaptrade/*/unavailable',
        institution: null,
        users: 28,
        connections: 28,
        since: '2026-11-17',
      },
    ]);
    expect(keysOf([...all, institution('Northwind', 5)])).toEqual([
      'snaptrade/Summit/unavailable',
      'snaptrade/Harbor/unavailable',
    ]);
  });

  it('is a brokerage’s where the provider has no other', () => {
    expect(keysOf([institution('Harbor', 10, failing(10))])).toEqual(['snaptrade/Harbor/unavailable']);
  });
});
