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
    users: [0, 3],
    sources: 'SnapTrade and Alpaca',
    as: (world: World) => mixSources(world, 'alpaca'),
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

it('a world of two sources is the same world, but that its last account is at Alpaca', () => {
  const world = generateWorld(4, 0, 60);
  const mixed = mixSources(world, 'alpaca');
  expect(mixed.accounts.map(({ id, movements }) => ({ id, movements }))).toEqual(
    world.accounts.map(({ id, movements }) => ({ id, movements })),
  );
  const atAlpaca = mixed.connections.filter(({ provider }) => provider === 'alpaca');
  expect(atAlpaca).toHaveLength(1);
  expect(mixed.accounts.at(-1)?.connection).toBe(atAlpaca[0]?.id);
  expect(mixed.connections.length).toBeGreaterThan(1);
});

it('a seed makes the same world and the same evenings each time, and another seed others', () => {
  expect(generateWorld(7, 3, 60)).toEqual(generateWorld(7, 3, 60));
  expect(generateEvenings(7, 60)).toEqual(generateEvenings(7, 60));
  expect(generateWorld(7, 3, 60)).not.toEqual(generateWorld(8, 3, 60));
  expect(generateWorld(7, 3, 60).accounts).not.toEqual(generateWorld(7, 4, 60).accounts);
});
