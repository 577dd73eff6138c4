import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS, judge } from '../simulate/judge';
import { mixSources } from '../simulate/mix';
import { playWorlds } from '../simulate/play';
import { generateEvenings, generateWorld, sessionsOf, type World } from '../simulate/world';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

/** Found by `npm run simulate`: a seed, so many days, and users of it. */
const PLAYS = [
  { seed: 4, days: 60, users: [1, 2, 6, 8], sources: 'SnapTrade alone', as: (world: World) => world },
  {
    seed: 4,
    days: 60,
    // Of Plaid alone, of Plaid and Alpaca, of SnapTrade and Alpaca; access is lost at either of them.
    users: [1, 2, 4],
    sources: 'all sources in mixtures',
    as: (world: World) => mixSources(world, 'all'),
  },
];

describe('worlds in which the truth is known, through a broker that errs', () => {
  it.each(PLAYS)(
    'seed $seed, $sources: nothing is invented, lost, false, left unhealed, churned or asked too often',
    {
      timeout: 180_000,
    },
    async ({ seed, days, users, as }) => {
      const worlds = users.map((user) => as(generateWorld(seed, user, days)));

      const play = await playWorlds(stack, worlds, generateEvenings(seed, days), sessionsOf(days));

      const { findings, accountDays } = judge(play);
      expect(accountDays).toBeGreaterThan(days);
      for (const fault of FAULTS) expect(findings.filter(({ what }) => what === fault)).toEqual([]);
    },
  );
});

it('worlds of all sources are the same worlds, but that their last accounts are at Alpaca, at Plaid, at both, or at neither', () => {
  const mixed = [0, 1, 2, 3].map((user) => {
    const world = generateWorld(4, user, 60);
    const { accounts, connections } = mixSources(world, 'all');
    expect(accounts.map(({ id, movements }) => ({ id, movements }))).toEqual(
      world.accounts.map(({ id, movements }) => ({ id, movements })),
    );
    const sources = accounts
      .map(({ connection }) => connections.find(({ id }) => id === connection)?.provider)
      .filter((source) => source !== undefined);
    expect(connections.filter(({ provider }) => provider !== undefined)).toHaveLength(sources.length);
    return sources.toReversed();
  });
  expect(mixed).toEqual([['alpaca'], ['plaid'], ['plaid', 'alpaca'], []]);
});

it('a seed makes the same world and the same evenings each time, and another seed others', () => {
  expect(generateWorld(7, 3, 60)).toEqual(generateWorld(7, 3, 60));
  expect(generateEvenings(7, 60)).toEqual(generateEvenings(7, 60));
  expect(generateWorld(7, 3, 60)).not.toEqual(generateWorld(8, 3, 60));
  expect(generateWorld(7, 3, 60).accounts).not.toEqual(generateWorld(7, 4, 60).accounts);
});
