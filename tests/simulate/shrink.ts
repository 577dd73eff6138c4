import { type Evenings, QUIET_TICKS, type World } from './world';

/** One world and how its evenings go: all that a play needs, as plain data. */
export interface SavedPlay {
  readonly evenings: Evenings;
  readonly world: World;
}

/**
 * The smallest play that still fails, found by leaving out one account, error, movement or oddity of the evenings after another.
 * Every try plays the world again, so there are at most so many.
 */
export async function shrink(
  play: SavedPlay,
  isFailing: (play: SavedPlay) => Promise<boolean>,
  triesMax: number,
): Promise<SavedPlay> {
  let smallest = play;
  let tries = 0;
  for (let index = 0; tries < triesMax; ) {
    const candidate = smallerPlays(smallest)[index];
    if (candidate === undefined) break;
    tries += 1;
    // What comes after the part that was left out stands in its place now.
    if (await isFailing(candidate)) smallest = candidate;
    else index += 1;
  }
  return smallest;
}

/** The plays that lack one part each, large parts first. */
export function smallerPlays({ world, evenings }: SavedPlay): readonly SavedPlay[] {
  const withWorld = (parts: Partial<World>): SavedPlay => ({ evenings, world: { ...world, ...parts } });
  const { accounts, errors } = world;
  const isCalm = evenings.every((ticks) => ticks.length === 1 && ticks[0]?.manner === 'once');
  const calm = evenings.map(() => [{ minutes: 90, manner: 'once' as const }]);
  const half = Math.floor(evenings.length / 2);
  return [
    ...(accounts.length === 1 ? [] : accounts.map(({ id }) => withWorld(withoutAccount(world, id)))),
    ...(isCalm ? [] : [{ world, evenings: calm }]),
    ...(isCalm ? [] : [{ world, evenings: [...calm.slice(0, half), ...evenings.slice(half)] }]),
    ...errors.map((error) => withWorld({ errors: errors.filter((other) => other !== error) })),
    ...accounts.flatMap((account) =>
      account.movements.map((movement) =>
        withWorld({
          accounts: accounts.map((other) =>
            other === account
              ? { ...account, movements: account.movements.filter((one) => one !== movement) }
              : other,
          ),
        }),
      ),
    ),
    ...shorterPlay(world, evenings),
  ];
}

function withoutAccount({ accounts, connections, errors }: World, id: string): Partial<World> {
  const kept = accounts.filter((account) => account.id !== id);
  const isLinked = (connection: string): boolean => kept.some((account) => account.connection === connection);
  return {
    accounts: kept,
    connections: connections.filter((connection) => isLinked(connection.id)),
    errors: errors.filter((error) =>
      'account' in error ? error.account !== id : isLinked(error.connection),
    ),
  };
}

/** Without the last evenings before the quiet ones, and what of the world lies there; the rest comes so many sessions later. */
function shorterPlay(world: World, evenings: Evenings): readonly SavedPlay[] {
  const lengths = [Math.ceil(evenings.length / 2), evenings.length - 5];
  return lengths
    .filter((length) => length > 2 * QUIET_TICKS)
    .map((length) => {
      const last = length - QUIET_TICKS;
      return {
        evenings: [...evenings.slice(0, last), ...evenings.slice(-QUIET_TICKS)],
        world: {
          ...world,
          connections: world.connections.map((one) => ({ ...one, linkedAt: Math.min(one.linkedAt, last) })),
          accounts: world.accounts.map((account) => ({
            ...account,
            movements: account.movements.filter(({ at }) => at < last - 1),
          })),
          errors: world.errors.filter(({ at, sessions }) => at + sessions <= last),
        },
      };
    });
}
