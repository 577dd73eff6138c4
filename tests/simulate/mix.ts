import type { ProviderId } from '@/lib/domain/states';
import { Chance } from './chance';
import { TOTAL_ERRORS } from './errors';
import type { BrokerError, World, WorldAccount, WorldConnection } from './world';

// The same worlds with accounts at other sources than SnapTrade. What happens to an account and what errs stays what it was, as far as
// it can be there.

type Source = Exclude<ProviderId, 'snaptrade'>;

export const MIXES = ['alpaca', 'plaid', 'all'] as const;
export type Mix = (typeof MIXES)[number];

const ANSWER_ERRORS = ['no answer', 'no answer at first', 'malformed', 'broken', 'movements fail'] as const;

const ERRORS: Readonly<Record<Source, ReadonlySet<BrokerError['what']>>> = {
  // It has one account, always, and is always read live.
  alpaca: new Set([
    ...TOTAL_ERRORS,
    ...ANSWER_ERRORS,
    'history fails',
    'past day missing',
    'past day tenfold',
  ]),
  // It is read once a day and keeps no past.
  plaid: new Set([...TOTAL_ERRORS, ...ANSWER_ERRORS, 'left out', 'stale']),
};

/** With `all`, users have by turns an account at Alpaca, at Plaid, at both (where there are two), or at neither. */
const TURNS: readonly (readonly Source[])[] = [['alpaca'], ['plaid'], ['plaid', 'alpaca'], []];

/** The same world, but that its last accounts are at other sources, one at each, beside those of SnapTrade or alone. */
export function mixSources(world: World, mix: Mix): World {
  const sources = mix === 'all' ? (TURNS[world.user % TURNS.length] ?? []) : [mix];
  const ids = world.accounts.map(({ id }) => id).toReversed();
  return sources.reduce((mixed, source, index) => {
    const moved = mixed.accounts.find(({ id }) => id === ids[index]);
    return moved === undefined ? mixed : moveAccount(mixed, moved, source);
  }, world);
}

function moveAccount(world: World, moved: WorldAccount, source: Source): World {
  const before = world.connections.find(({ id }) => id === moved.connection);
  if (before === undefined) return world;
  const chance = new Chance(world.seed, world.user + 1, source.length);
  const connection = connectionAt(source, world, before, chance);
  const category = source === 'alpaca' ? 'INVESTMENT' : moved.category;
  const accounts = world.accounts.map((account) =>
    account.id === moved.id
      ? { ...account, connection: connection.id, category, listsMovements: true }
      : account,
  );
  const kept = world.connections.filter(({ id }) => accounts.some((account) => account.connection === id));
  const errors = world.errors.flatMap((error): readonly BrokerError[] => {
    const isThere = ERRORS[source].has(error.what);
    if ('account' in error) return error.account !== moved.id || isThere ? [error] : [];
    const copied = error.connection === before.id && isThere;
    return [
      ...(kept.some(({ id }) => id === error.connection) ? [error] : []),
      ...(copied ? [asItIsAt(source, { ...error, connection: connection.id }, chance)] : []),
    ];
  });
  return { ...world, accounts, errors, connections: [...kept, connection] };
}

function connectionAt(
  source: Source,
  { user }: World,
  { linkedAt, syncTime }: WorldConnection,
  chance: Chance,
): WorldConnection {
  const common = { id: `${source}-${user}`, provider: source, linkedAt };
  if (source === 'alpaca') return { ...common, syncTime: null, historyFrom: 0 };
  return {
    ...common,
    syncTime: syncTime ?? chance.pick('21:45', '23:30', '10:15'),
    historyFrom: null,
    movements: {
      readyAfter: chance.pick(5, 300, 1_200),
      before: chance.pick('not_ready', 'last_30_days'),
    },
    closePrices: chance.is(0.5),
  };
}

/** Plaid answers for an institution that does not, with what it read there before. */
function asItIsAt(source: Source, error: BrokerError, chance: Chance): BrokerError {
  return source === 'plaid' && error.what === 'no answer' && chance.is(0.5)
    ? { ...error, what: 'stale' }
    : error;
}
