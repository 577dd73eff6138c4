import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { instant, orNull, readAnswer } from '@/lib/db/rpc';
import { PROVIDER_IDS, type ProviderId } from '@/lib/domain/states';
import type { Instant } from '@/lib/domain/trading-date';
import type { ListedConnection } from '@/lib/providers/provider';
import { type AccountMatch, accountMatch, type LinkedConnection, linkedConnection } from './document';

/** A user as a provider knows them. */
interface ProviderUserKey {
  readonly userId: string;
  readonly provider: ProviderId;
}

const providerUser = z.object({
  ciphertext: z.string(),
  portal_opened_at: instant.nullable(),
});

/** A user's encrypted credentials at a provider; null before the provider came to know them. */
export interface ProviderUser {
  readonly ciphertext: string;
  /** When they last left for the provider's pages, while something may have been linked there that nobody reported to us. */
  readonly portalOpenedAt: Instant | null;
}

export async function readProviderUser(
  client: SupabaseClient<Database>,
  { userId, provider }: ProviderUserKey,
): Promise<ProviderUser | null> {
  const call = client
    .from('provider_users')
    .select('ciphertext, portal_opened_at')
    .eq('user_id', userId)
    .eq('provider', provider)
    .maybeSingle();
  const row = await readAnswer('provider_users', call, providerUser.nullable());
  return row === null ? null : { ciphertext: row.ciphertext, portalOpenedAt: row.portal_opened_at };
}

/**
 * Keeps credentials unless there are others than `replaces` already; returns the ones that stand. `externalId` is the registration
 * that they came from, which is settled by it.
 */
export function keepProviderUser(
  client: SupabaseClient<Database>,
  { userId, provider }: ProviderUserKey,
  ciphertext: string,
  replaces: string | null,
  externalId: string | null,
): Promise<string> {
  const call = client.rpc('keep_provider_user', {
    p_user_id: userId,
    p_provider: provider,
    p_ciphertext: ciphertext,
    p_replaces: orNull(replaces),
    p_external_id: orNull(externalId),
  });
  return readAnswer('keep_provider_user', call, z.string());
}

/** Notes that a user leaves for the provider's pages, from which no report of what they did there may ever come. */
export async function notePortalOpened(
  client: SupabaseClient<Database>,
  { userId, provider }: ProviderUserKey,
  now: Date,
): Promise<void> {
  const call = client
    .from('provider_users')
    .update({ portal_opened_at: now.toISOString() })
    .eq('user_id', userId)
    .eq('provider', provider);
  await readAnswer('provider_users', call, z.null());
}

const confirmed = z.object({
  connectionId: z.uuid(),
  externalId: z.string(),
  institution: z.string(),
  /** `linked` and `reconnected` are due at once; `unlinked` is one that its user took back, and stays so. */
  outcome: z.enum(['linked', 'reconnected', 'known', 'unlinked']),
});

/** What became of a connection that the provider lists for a user. */
export type ConfirmedConnection = z.infer<typeof confirmed>;

interface Confirmation extends ProviderUserKey {
  readonly ciphertext: string;
  readonly listed: readonly ListedConnection[];
  /** What the values are when they are not a real brokerage's, for somebody who has no portfolio yet. */
  readonly dataNotice: string | null;
}

/** Takes in the connections that a provider lists for a user: twice is once, and at once too. */
export function confirmConnections(
  client: SupabaseClient<Database>,
  { userId, provider, ciphertext, listed, dataNotice }: Confirmation,
  now: Date,
): Promise<readonly ConfirmedConnection[]> {
  const call = client.rpc('confirm_connections', {
    p_user_id: userId,
    p_provider: provider,
    p_ciphertext: ciphertext,
    p_listed: listed.map((one) => ({ ...one })),
    p_data_notice: orNull(dataNotice),
    p_now: now.toISOString(),
  });
  return readAnswer('confirm_connections', call, z.array(confirmed));
}

/** An account that somebody's own credentials were just seen to open. */
export interface OwnAccount extends ProviderUserKey {
  /** The provider's id of the account. */
  readonly accountId: string;
  /** The id of the link, where it is a new one; it begins with the account's. */
  readonly freshId: string;
  readonly institution: string;
  readonly ciphertext: string;
  /** Our id of the connection that is to work again; null to link an account. */
  readonly reconnect: string | null;
}

const linkedAccountOutcome = z.object({
  connectionId: z.uuid(),
  /** `other_account`: the connection to reconnect is to another account; nothing was changed. */
  outcome: z.enum(['linked', 'reconnected', 'other_account']),
});

/** What became of an account that was linked by credentials of its own. */
export type LinkedOwnAccount = z.infer<typeof linkedAccountOutcome>;

/** Links an account by its own credentials, or gives its connection new ones; null when this user has no connection to reconnect. */
export function linkAccount(
  client: SupabaseClient<Database>,
  account: OwnAccount & { readonly dataNotice: string | null },
  now: Date,
): Promise<LinkedOwnAccount | null> {
  const call = client.rpc('link_account', {
    p_user_id: account.userId,
    p_provider: account.provider,
    p_account_id: account.accountId,
    p_fresh_id: account.freshId,
    p_institution: account.institution,
    p_ciphertext: account.ciphertext,
    p_connection_id: orNull(account.reconnect),
    p_data_notice: orNull(account.dataNotice),
    p_now: now.toISOString(),
  });
  return readAnswer('link_account', call, linkedAccountOutcome.nullable());
}

/** A user's connections, also those that were unlinked, with the client's own rights. */
export function readConnections(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly LinkedConnection[]> {
  const call = client.rpc('user_connections', { p_user_id: userId });
  return readAnswer('user_connections', call, z.array(linkedConnection));
}

const access = z.object({
  provider: z.enum(PROVIDER_IDS),
  externalId: z.string(),
  status: z.enum(['active', 'disabled', 'paused', 'removed']),
  ciphertext: z.string().nullable(),
});

/** What is needed to speak to a provider about one connection; `ciphertext` is null when it was unlinked. */
export type ConnectionAccess = z.infer<typeof access>;

/** The access to a connection of a user, for the service role; null when this user has no such connection. */
export function readConnectionAccess(
  client: SupabaseClient<Database>,
  userId: string,
  connectionId: string,
): Promise<ConnectionAccess | null> {
  const call = client.rpc('connection_access', { p_user_id: userId, p_connection_id: connectionId });
  return readAnswer('connection_access', call, access.nullable());
}

/** The questions that wait for a user, oldest first, with the client's own rights. */
export function readOpenMatches(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly AccountMatch[]> {
  return readAnswer('open_matches', client.rpc('open_matches', { p_user_id: userId }), z.array(accountMatch));
}

/** Whose thing is meant. Somebody else's is treated as if it did not exist. */
interface Own {
  readonly userId: string;
  readonly id: string;
}

const decided = z.object({
  proposalId: z.uuid(),
  status: z.enum(['confirmed', 'declined', 'undone']),
  published: z.number().int(),
});

/** Records a user's decision on a match; earlier ones stay. Null when this user has no such match. */
export function decideMatch(
  client: SupabaseClient<Database>,
  { userId, id, confirm }: Own & { readonly confirm: boolean },
  now: Date,
): Promise<z.infer<typeof decided> | null> {
  const call = client.rpc('decide_match', {
    p_user_id: userId,
    p_proposal_id: id,
    p_confirm: confirm,
    p_now: now.toISOString(),
  });
  return readAnswer('decide_match', call, decided.nullable());
}

const split = z.object({ accountId: z.uuid(), split: z.boolean(), published: z.number().int() });

/** Undoes the joining of an account with others, for good. Null when this user has no such account. */
export function splitAccount(
  client: SupabaseClient<Database>,
  { userId, id }: Own,
  now: Date,
): Promise<z.infer<typeof split> | null> {
  const call = client.rpc('split_account', {
    p_user_id: userId,
    p_account_id: id,
    p_now: now.toISOString(),
  });
  return readAnswer('split_account', call, split.nullable());
}

const unlinked = z.object({
  connectionId: z.uuid(),
  accounts: z.number().int(),
  published: z.number().int(),
});

/**
 * Removes a connection and its credentials; the past of its accounts stays. Returns how many accounts are no longer
 * expected. Null when this user has no such connection.
 */
export function unlinkConnection(
  client: SupabaseClient<Database>,
  { userId, id }: Own,
  now: Date,
): Promise<z.infer<typeof unlinked> | null> {
  const call = client.rpc('unlink_connection', {
    p_user_id: userId,
    p_connection_id: id,
    p_now: now.toISOString(),
  });
  return readAnswer('unlink_connection', call, unlinked.nullable());
}

/** Longer than one request to a provider can take, with the wait for the request budget before it. */
const LEASE_MS = 60_000;

const turn = z.union([
  z.strictObject({ ciphertext: z.string() }),
  z.strictObject({ waitMs: z.number() }),
  z.strictObject({ externalId: z.string(), attempts: z.number().int() }),
]);

/** What a caller who needs a registration is to do: use the credentials that stand, wait for somebody else, or register. */
export type RegistrationTurn = z.infer<typeof turn>;

/** What came of a registration without credentials. */
export type SettledRegistration = 'lost' | 'taken' | 'orphaned';

function beginRegistration(
  client: SupabaseClient<Database>,
  { userId, provider }: { readonly userId: string; readonly provider: ProviderId },
  replaces: string | null,
  freshId: string,
  now: Date,
): Promise<RegistrationTurn> {
  const call = client.rpc('begin_registration', {
    p_user_id: userId,
    p_provider: provider,
    p_replaces: orNull(replaces),
    p_fresh_id: freshId,
    p_now: now.toISOString(),
    p_lease_ms: LEASE_MS,
  });
  return readAnswer('begin_registration', call, turn);
}

async function settleRegistration(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  externalId: string,
  state: SettledRegistration,
): Promise<void> {
  const call = client
    .from('provider_registrations')
    .update({ state })
    .eq('provider', provider)
    .eq('external_id', externalId);
  await readAnswer('provider_registrations', call, z.null());
}

/** Forgets a registration that the provider does not know, or no longer. */
async function forgetRegistration(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  externalId: string,
): Promise<void> {
  const call = client
    .from('provider_registrations')
    .delete()
    .eq('provider', provider)
    .eq('external_id', externalId);
  await readAnswer('provider_registrations', call, z.null());
}

/** Ids of registrations that are to be deleted at the provider, oldest first. */
function readOrphanedRegistrations(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  limit: number,
  now: Date,
): Promise<readonly string[]> {
  const call = client.rpc('orphaned_registrations', {
    p_provider: provider,
    p_now: now.toISOString(),
    p_limit: limit,
  });
  return readAnswer('orphaned_registrations', call, z.array(z.string()));
}

const outdatedCredentials = z.array(z.object({ key: z.string(), ciphertext: z.string() }));

/** Credentials of everybody that do not begin with the current key's prefix, in the order of where they stand. */
export function readOutdatedCredentials(
  client: SupabaseClient<Database>,
  prefix: string,
  after: string,
  limit: number,
): Promise<z.infer<typeof outdatedCredentials>> {
  const call = client.rpc('outdated_credentials', { p_prefix: prefix, p_after: after, p_limit: limit });
  return readAnswer('outdated_credentials', call, outdatedCredentials);
}

/** Credentials that were encrypted anew, and what they replace. */
interface RenewedCredentials {
  readonly key: string;
  readonly ciphertext: string;
  readonly replaces: string;
}

/** Writes credentials unless somebody replaced them meanwhile; returns how many were written. */
export function replaceCredentials(
  client: SupabaseClient<Database>,
  renewed: readonly RenewedCredentials[],
): Promise<number> {
  const call = client.rpc('replace_credentials', { p_rows: renewed.map((one) => ({ ...one })) });
  return readAnswer('replace_credentials', call, z.number().int());
}

/** Where linking through one provider is remembered. `dataNotice` is shown with what is linked, where the data are not real. */
export function linkingStore(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  dataNotice: string | null,
) {
  return {
    readUser: (userId: string) => readProviderUser(client, { userId, provider }),
    keepUser: (userId: string, ciphertext: string, replaces: string | null, externalId: string | null) =>
      keepProviderUser(client, { userId, provider }, ciphertext, replaces, externalId),
    notePortalOpened: (userId: string, now: Date) => notePortalOpened(client, { userId, provider }, now),
    readAccess: (userId: string, connectionId: string) => readConnectionAccess(client, userId, connectionId),
    confirm: (userId: string, ciphertext: string, listed: readonly ListedConnection[], now: Date) =>
      confirmConnections(client, { userId, provider, ciphertext, listed, dataNotice }, now),
    /** Null when this user has no such connection. */
    unlink: (userId: string, id: string, now: Date) => unlinkConnection(client, { userId, id }, now),
    /** Where registrations are noted before the provider is asked for them. */
    registrations: {
      begin: (userId: string, replaces: string | null, freshId: string, now: Date) =>
        beginRegistration(client, { userId, provider }, replaces, freshId, now),
      settle: (externalId: string, state: SettledRegistration) =>
        settleRegistration(client, provider, externalId, state),
      /** Forgets one that the provider does not know, or no longer. */
      forget: (externalId: string) => forgetRegistration(client, provider, externalId),
      /** Ids that the provider may know and that lead nowhere here. */
      readOrphans: (count: number, now: Date) => readOrphanedRegistrations(client, provider, count, now),
    },
  };
}

export type LinkingStore = ReturnType<typeof linkingStore>;

/** What unlinking a connection did: how many of its accounts are no longer expected, and how many days changed. */
export interface Unlinked {
  readonly connectionId: string;
  readonly accounts: number;
  readonly published: number;
}

const linkSession = z.object({
  id: z.uuid(),
  ciphertext: z.string(),
  /** The connection that is to work again; null where another login is linked. */
  connectionId: z.uuid().nullable(),
});

/** A session on a provider's pages of which it is not known what came of it. */
export type LinkSession = z.infer<typeof linkSession>;

const takenSession = z.object({ id: z.uuid(), ciphertext: z.string(), connection_id: z.uuid().nullable() });

/** Longer than asking for the outcome of a session can take. */
const SESSION_LEASE_MS = 60_000;

const removal = z.object({ external_id: z.string(), ciphertext: z.string() });

/** Where linking in sessions is remembered, and which logins a provider has still to forget. */
export function sessionStore(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  dataNotice: string | null,
) {
  const removals = () => client.from('connection_removals');
  return {
    readAccess: (userId: string, connectionId: string) => readConnectionAccess(client, userId, connectionId),
    confirm: (userId: string, ciphertext: string, listed: readonly ListedConnection[], now: Date) =>
      confirmConnections(client, { userId, provider, ciphertext, listed, dataNotice }, now),
    async noteSession(
      {
        id,
        userId,
        connectionId,
        ciphertext,
        expiresAt,
      }: {
        /** Where it is more than a name: what the browser brings back. */
        readonly id?: string;
        readonly userId: string;
        readonly connectionId: string | null;
        readonly ciphertext: string;
        readonly expiresAt: Date;
      },
      now: Date,
    ): Promise<void> {
      const call = client.from('link_sessions').insert({
        ...(id === undefined ? {} : { id }),
        user_id: userId,
        provider,
        connection_id: connectionId,
        ciphertext,
        created_at: now.toISOString(),
        expires_at: expiresAt.toISOString(),
      });
      await readAnswer('link_sessions', call, z.null());
    },
    /** The sessions of a user that nobody else is asking about, oldest first. */
    claimSessions(userId: string, now: Date): Promise<readonly LinkSession[]> {
      const call = client.rpc('claim_link_sessions', {
        p_user_id: userId,
        p_provider: provider,
        p_now: now.toISOString(),
        p_lease_ms: SESSION_LEASE_MS,
      });
      return readAnswer('claim_link_sessions', call, z.array(linkSession));
    },
    async releaseSession(id: string): Promise<void> {
      const call = client.from('link_sessions').update({ leased_until: null }).eq('id', id);
      await readAnswer('link_sessions', call, z.null());
    },
    /** Ends the session of that id which the user began there and returns it, once; null when there is none, or its time is over. */
    async takeSession(userId: string, id: string, now: Date): Promise<LinkSession | null> {
      const call = client
        .from('link_sessions')
        .delete()
        .eq('id', id)
        .eq('user_id', userId)
        .eq('provider', provider)
        .gt('expires_at', now.toISOString())
        .select('id, ciphertext, connection_id')
        .maybeSingle();
      const row = await readAnswer('link_sessions', call, takenSession.nullable());
      return row && { id: row.id, ciphertext: row.ciphertext, connectionId: row.connection_id };
    },
    /** Forgets the sessions of a user whose time is over. */
    async endOldSessions(userId: string, now: Date): Promise<void> {
      const call = client
        .from('link_sessions')
        .delete()
        .eq('user_id', userId)
        .eq('provider', provider)
        .lte('expires_at', now.toISOString());
      await readAnswer('link_sessions', call, z.null());
    },
    async endSession(id: string): Promise<void> {
      await readAnswer('link_sessions', client.from('link_sessions').delete().eq('id', id), z.null());
    },
    /** Logins that the provider has to forget by now, those that have waited longest first. */
    async readRemovals(count: number, now: Date) {
      const call = removals()
        .select('external_id, ciphertext')
        .eq('provider', provider)
        .lte('retry_at', now.toISOString())
        .order('retry_at')
        .limit(count);
      const rows = await readAnswer('connection_removals', call, z.array(removal));
      return rows.map(({ external_id: externalId, ciphertext }) => ({ externalId, ciphertext }));
    },
    async endRemoval(externalId: string): Promise<void> {
      const call = removals().delete().eq('provider', provider).eq('external_id', externalId);
      await readAnswer('connection_removals', call, z.null());
    },
    /** Tries again later, in ten minutes. */
    async postponeRemoval(externalId: string, now: Date): Promise<void> {
      const retryAt = new Date(now.getTime() + REMOVAL_RETRY_MS).toISOString();
      const call = removals()
        .update({ retry_at: retryAt })
        .eq('provider', provider)
        .eq('external_id', externalId);
      await readAnswer('connection_removals', call, z.null());
    },
  };
}

const REMOVAL_RETRY_MS = 10 * 60_000;

export type SessionStore = ReturnType<typeof sessionStore>;
