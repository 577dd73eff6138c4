import { z } from 'zod';
import type { Instant } from '@/lib/domain/trading-date';
import { renderActivities } from './activities';
import type { Operation, RequestFaults } from './faults';
import { renderPositions } from './positions';
import { refuseFeature, refuseUnknownObject, WireRefusal } from './refusal';
import { renderReporting } from './reporting';
import type { SandboxAccount, SandboxConnection, SandboxUser } from './scenario';
import type { SandboxState } from './state';
import { isDisabled, lastReadAt, lastSyncedAt, utcDateOf } from './sync';
import { dateText } from './texts';
import { REFRESHED_DETAILS, type Webhooks } from './webhooks';
import { readAccount, renderAccount, renderBalanceHistory, renderBalances, renderConnection } from './wire';

/** A request that passed signature, user and rate limit. Its connection and account exist and are the user's. */
export interface Call {
  readonly state: SandboxState;
  readonly now: Instant;
  readonly user: SandboxUser;
  readonly connection: SandboxConnection | null;
  readonly account: SandboxAccount | null;
  readonly query: URLSearchParams;
  /** The parsed body; null when there is none. */
  readonly content: unknown;
  /** Where the sandbox was reached, without a path. */
  readonly origin: string;
  readonly faults: RequestFaults;
  readonly webhooks: Webhooks;
}

export interface SignedRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly operation: Exclude<Operation, 'checkStatus'>;
  /** Asked with the keys alone, such as reference data, which is nobody's. */
  readonly isWithoutUser?: true;
  /** The body of a 200 answer; throws `WireRefusal`. */
  readonly respond: (call: Call) => unknown;
}

/** SnapTrade's calls that the sandbox answers. */
export const SIGNED_ROUTES: readonly SignedRoute[] = [
  {
    method: 'GET',
    path: '/authorizations',
    operation: 'listConnections',
    respond: ({ user, now }) => user.connections.map((connection) => renderConnection(connection, now)),
  },
  {
    method: 'GET',
    path: '/authorizations/:connectionId',
    operation: 'getConnection',
    respond: (call) => renderConnection(requireConnection(call), call.now),
  },
  {
    method: 'GET',
    path: '/authorizations/:connectionId/accounts',
    operation: 'listConnectionAccounts',
    respond: (call) => listAccounts(call, 'listConnectionAccounts', requireConnection(call), false),
  },
  {
    method: 'POST',
    path: '/authorizations/:connectionId/refresh',
    operation: 'refreshConnection',
    respond: refreshConnection,
  },
  {
    method: 'GET',
    path: '/accounts',
    operation: 'listAccounts',
    // This call is served from the daily cache whatever the plan.
    respond: (call) =>
      call.user.connections.flatMap((connection) => listAccounts(call, 'listAccounts', connection, true)),
  },
  {
    method: 'GET',
    path: '/accounts/:accountId',
    operation: 'getAccount',
    respond: (call) => {
      const { connection, account } = requireAccount(call);
      const reading = readNow(call, 'getAccount', connection, account, false);
      return renderAccount(connection, account, reading, call.now);
    },
  },
  {
    method: 'GET',
    path: '/accounts/:accountId/balances',
    operation: 'getAccountBalances',
    respond: (call) => {
      const { connection, account } = requireAccount(call);
      return renderBalances(account, readNow(call, 'getAccountBalances', connection, account, false));
    },
  },
  {
    method: 'GET',
    path: '/accounts/:accountId/positions/all',
    operation: 'getAccountPositions',
    respond: (call) => {
      const { connection, account } = requireAccount(call);
      const reading = readNow(call, 'getAccountPositions', connection, account, false);
      return renderPositions(account, reading, call.state.market);
    },
  },
  {
    method: 'GET',
    path: '/accounts/:accountId/balanceHistory',
    operation: 'getAccountBalanceHistory',
    respond: (call) => {
      const { connection, account } = requireAccount(call);
      if (!account.historyEnabled) throw refuseFeature();
      return renderBalanceHistory(connection, account, call.state.market, call.now);
    },
  },
  {
    method: 'GET',
    path: '/accounts/:accountId/activities',
    operation: 'getAccountActivities',
    respond: (call) => {
      const { connection, account } = requireAccount(call);
      const query = readQuery(call, activityQuerySchema);
      return renderActivities(connection, account, call.state.market, call.now, {
        startDate: query.startDate ?? null,
        endDate: query.endDate ?? null,
        types: query.type?.split(',') ?? null,
        offset: query.offset,
        limit: query.limit,
      });
    },
  },
  {
    method: 'GET',
    path: '/performance/custom',
    operation: 'getReportingCustomRange',
    respond: reportCustomRange,
  },
];

const activityQuerySchema = z.object({
  startDate: dateText.optional(),
  endDate: dateText.optional(),
  type: z.string().optional(),
  offset: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().positive().max(1000).default(1000),
});

const reportingQuerySchema = z.object({
  startDate: dateText,
  endDate: dateText,
  accounts: z.string().optional(),
});

function listAccounts(
  call: Call,
  operation: Operation,
  connection: SandboxConnection,
  cachedOnly: boolean,
): readonly unknown[] {
  return connection.accounts.flatMap((account) => {
    const target = {
      operation,
      userId: call.user.userId,
      connectionId: connection.id,
      accountId: account.id,
    };
    const isOmitted = call.faults.onValue(target).some((effect) => effect.type === 'omit_account');
    const reading = readNow(call, operation, connection, account, cachedOnly);
    const isOpened = account.openedOn <= utcDateOf(reading.readAt);
    return isOmitted || !isOpened ? [] : [renderAccount(connection, account, reading, call.now)];
  });
}

function readNow(
  call: Call,
  operation: Operation,
  connection: SandboxConnection,
  account: SandboxAccount,
  cachedOnly: boolean,
) {
  const refreshedAt = call.state.refreshedAt.get(connection.id) ?? null;
  const readAt = lastReadAt(connection, call.now, refreshedAt, cachedOnly);
  const target = { operation, userId: call.user.userId, connectionId: connection.id, accountId: account.id };
  const times = { readAt, syncedAt: lastSyncedAt(connection, call.now, readAt) };
  return readAccount(account, times, call.state.market, call.faults.onValue(target));
}

function refreshConnection(call: Call): unknown {
  const connection = requireConnection(call);
  if (isDisabled(connection, call.now)) throw new WireRefusal(402, '3003', 'The connection is disabled.');
  // A realtime connection is read at every call, so there is nothing to refresh.
  if (connection.dataFreshness === 'realtime') throw refuseFeature();
  if (isJustRefreshed(call, connection)) {
    throw new WireRefusal(429, 'throttled', 'The connection was refreshed too recently.');
  }
  call.state.refreshedAt.set(connection.id, call.now);
  for (const account of connection.accounts) {
    call.webhooks.announce({
      eventType: 'ACCOUNT_HOLDINGS_UPDATED',
      connectionId: connection.id,
      accountId: account.id,
      details: REFRESHED_DETAILS,
    });
  }
  return { detail: `Connection ${connection.id} has been queued for refresh.` };
}

/** How long SnapTrade takes a refresh for recent is not documented; this is the sandbox's own measure. */
const REFRESH_PAUSE_MS = 60_000;

function isJustRefreshed({ state, now }: Call, { id }: SandboxConnection): boolean {
  const refreshedAt = state.refreshedAt.get(id);
  return refreshedAt !== undefined && Date.parse(now) - Date.parse(refreshedAt) < REFRESH_PAUSE_MS;
}

function reportCustomRange(call: Call): unknown {
  const mode = call.state.scenario.legacyReporting;
  if (mode === 'off') throw new WireRefusal(410, '1013', 'This endpoint has been retired.');
  const query = readQuery(call, reportingQuerySchema);
  const wanted = query.accounts?.split(',');
  const accounts = call.user.connections.flatMap((connection) =>
    connection.accounts
      .filter(({ id }) => wanted === undefined || wanted.includes(id))
      .map((account) => ({ connection, account })),
  );
  const range = { from: query.startDate, to: query.endDate };
  return renderReporting(accounts, call.state.market, call.now, range, mode);
}

export function requireConnection({ connection }: Call): SandboxConnection {
  if (connection === null) throw refuseUnknownObject();
  return connection;
}

function requireAccount({ connection, account }: Call) {
  if (connection === null || account === null) throw refuseUnknownObject();
  return { connection, account };
}

function readQuery<T>(call: Call, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(Object.fromEntries(call.query));
  if (parsed.success) return parsed.data;
  throw new WireRefusal(400, '1006', z.prettifyError(parsed.error));
}
