import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Call, requireConnection, type SignedRoute } from './operations';
import { refuseUnknownObject, WireRefusal } from './refusal';

/** SnapTrade's calls by which users come to be known, link brokerages and take their links back. */
export const LINKING_ROUTES: readonly SignedRoute[] = [
  {
    method: 'POST',
    path: '/snapTrade/registerUser',
    operation: 'registerUser',
    isWithoutUser: true,
    respond: registerUser,
  },
  {
    method: 'DELETE',
    path: '/snapTrade/deleteUser',
    operation: 'deleteUser',
    isWithoutUser: true,
    respond: deleteUser,
  },
  {
    method: 'GET',
    path: '/snapTrade/partners',
    operation: 'getPartnerInfo',
    isWithoutUser: true,
    respond: () => PARTNER,
  },
  {
    method: 'POST',
    path: '/snapTrade/login',
    operation: 'login',
    respond: openPortal,
  },
  {
    method: 'DELETE',
    path: '/connection/:connectionId',
    operation: 'deleteConnection',
    respond: deleteConnection,
  },
];

/** What the sandbox's one customer is and may do. */
const PARTNER = {
  slug: 'SANDBOX-CUSTOMER',
  name: 'Customer of the sandbox',
  logo_url: null,
  allowed_brokerages: [],
  can_access_trades: false,
  can_access_holdings: true,
  can_access_account_history: true,
  can_access_reference_data: true,
  can_access_portfolio_management: false,
  can_access_orders: false,
  redirect_uri: null,
};

const registrationSchema = z.looseObject({ userId: z.string().min(1) });

const loginSchema = z.looseObject({
  customRedirect: z.url().optional(),
  reconnect: z.string().optional(),
  /** This product only reads, so whoever asks for more is refused. */
  connectionType: z.literal('read').default('read'),
});

function registerUser({ state, content }: Call): unknown {
  const { userId } = readContent(content, registrationSchema);
  const { users } = state.scenario;
  if (users.some((user) => user.userId === userId)) {
    throw new WireRefusal(400, '1010', 'A user with this userId exists already.');
  }
  const user = { userId, userSecret: randomUUID(), connections: [], formerConnections: [] };
  state.replaceUsers([...users, user]);
  return { userId, userSecret: user.userSecret };
}

/** SnapTrade only queues this; here it is done at once. Asked with the keys alone: the secret may be lost. */
function deleteUser({ state, query }: Call): unknown {
  const userId = query.get('userId') ?? '';
  const { users } = state.scenario;
  if (!users.some((user) => user.userId === userId)) throw refuseUnknownObject();
  state.replaceUsers(users.filter((user) => user.userId !== userId));
  return { status: 'deleted', detail: 'The user has been queued for deletion.', userId };
}

function openPortal({ state, user, content, origin, now }: Call): unknown {
  const { customRedirect, reconnect } = readContent(content ?? {}, loginSchema);
  if (reconnect !== undefined && !user.connections.some(({ id }) => id === reconnect)) {
    throw refuseUnknownObject();
  }
  const session = state.portalSessions.open(
    { userId: user.userId, reconnect: reconnect ?? null, redirect: customRedirect ?? null },
    now,
  );
  return { redirectURI: `${origin}/portal/${session.id}`, sessionId: session.id };
}

/** SnapTrade only queues this; here it is done at once. */
function deleteConnection(call: Call): unknown {
  const { state, user, webhooks } = call;
  const deleted = requireConnection(call);
  webhooks.announce({ eventType: 'CONNECTION_DELETED', connectionId: deleted.id });
  const connections = user.connections.filter(({ id }) => id !== deleted.id);
  state.replaceUser({ ...user, connections, formerConnections: [...user.formerConnections, deleted] });
  return { detail: 'The connection has been queued for deletion.', connection_id: deleted.id };
}

function readContent<T>(content: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new WireRefusal(400, '1006', z.prettifyError(parsed.error));
}
