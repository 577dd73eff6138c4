import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { faultSchema } from './faults';
import type { PlaidWebhooks } from './plaid/webhooks';
import {
  accountSchema,
  connectionSchema,
  findProblems,
  overridesSchema,
  plaidItemSchema,
  type SandboxAccount,
  type SandboxConnection,
  type SandboxPlaidItem,
  type Scenario,
  scenarioSchema,
} from './scenario';
import type { SandboxState } from './state';
import { instantText } from './texts';
import { findOwner, type Webhooks } from './webhooks';

const clockSchema = z.strictObject({ now: instantText.nullable() });

/** An event that the sandbox is told to send, of a type that exists or of one that does not. */
const webhookSchema = z.strictObject({
  url: z.url(),
  eventType: z.string().min(1),
  connectionId: z.string(),
  accountId: z.string().exactOptional(),
  details: z.unknown().optional(),
  webhookId: z.string().min(1).exactOptional(),
});

const connectionFields = connectionSchema.shape;
const connectionPatchSchema = z.strictObject({
  institution: connectionFields.institution.unwrap().exactOptional(),
  dataFreshness: connectionFields.dataFreshness.unwrap().exactOptional(),
  syncTime: connectionFields.syncTime.unwrap().exactOptional(),
  disabledSince: connectionFields.disabledSince.unwrap().exactOptional(),
});

const accountFields = accountSchema.shape;
const accountPatchSchema = z.strictObject({
  name: accountFields.name.unwrap().exactOptional(),
  category: accountFields.category.unwrap().exactOptional(),
  isPaper: accountFields.isPaper.unwrap().exactOptional(),
  status: accountFields.status.unwrap().exactOptional(),
  flows: accountFields.flows.unwrap().exactOptional(),
  historyEnabled: accountFields.historyEnabled.unwrap().exactOptional(),
  overrides: overridesSchema.exactOptional(),
  movementsCollectedAt: accountFields.movementsCollectedAt.unwrap().exactOptional(),
  totalReported: accountFields.totalReported.unwrap().exactOptional(),
});

const itemFields = plaidItemSchema.shape;
const itemPatchSchema = z.strictObject({
  disabledSince: itemFields.disabledSince.unwrap().exactOptional(),
  syncTime: itemFields.syncTime.unwrap().exactOptional(),
  historyReadyAt: itemFields.historyReadyAt.unwrap().exactOptional(),
  webhook: itemFields.webhook.unwrap().exactOptional(),
});

/** An event of Plaid about an item, of a type that exists or of one that does not. */
const plaidEventSchema = z.strictObject({ url: z.url(), type: z.string().min(1), code: z.string().min(1) });

/** The path by which a person or a test changes the sandbox while it runs. It asks for a secret in place of a signature. */
export function createControl(state: SandboxState, webhooks: Webhooks, plaidWebhooks: PlaidWebhooks): Hono {
  const control = new Hono();

  control.get('/state', (context) => context.json(describeState(state)));

  control.put('/scenario', async (context) => {
    const body = await readBody(context, scenarioSchema);
    if (!body.ok) return body.refusal;
    state.replaceScenario(body.value);
    return context.json(describeState(state));
  });

  control.patch('/connections/:id', async (context) => {
    const body = await readBody(context, connectionPatchSchema);
    if (!body.ok) return body.refusal;
    return changeUsers(context, state, (connection) =>
      connection.id === context.req.param('id') ? { ...connection, ...body.value } : connection,
    );
  });

  control.patch('/accounts/:id', async (context) => {
    const body = await readBody(context, accountPatchSchema);
    if (!body.ok) return body.refusal;
    return changeUsers(context, state, (connection) =>
      mapAccount(connection, context.req.param('id'), (account) => ({
        ...account,
        ...body.value,
        overrides: { ...account.overrides, ...body.value.overrides },
      })),
    );
  });

  control.patch('/plaid-items/:id', async (context) => {
    const body = await readBody(context, itemPatchSchema);
    if (!body.ok) return body.refusal;
    const item = findItem(state, context.req.param('id'));
    if (item === undefined) return context.json({ error: 'the scenario has nothing of that id' }, 404);
    state.putPlaidItem({ ...item, ...body.value });
    return context.json(describeState(state));
  });

  control.post('/plaid-items/:id/events', async (context) => {
    const body = await readBody(context, plaidEventSchema);
    if (!body.ok) return body.refusal;
    const item = findItem(state, context.req.param('id'));
    if (item === undefined) return context.json({ error: 'the scenario has nothing of that id' }, 404);
    const { url, type, code } = body.value;
    state.putPlaidItem({ ...item, lastWebhook: code });
    return context.json({ status: await plaidWebhooks.deliver(url, { itemId: item.id, type, code }) });
  });

  control.put('/clock', async (context) => {
    const body = await readBody(context, clockSchema);
    if (!body.ok) return body.refusal;
    state.pinClock(body.value.now);
    return context.json({ now: state.now(), pinned: state.isPinned });
  });

  control.post('/faults', async (context) => {
    const body = await readBody(context, faultSchema);
    if (!body.ok) return body.refusal;
    state.faults.add(body.value);
    return context.json(state.faults.list(), 201);
  });

  control.delete('/faults', (context) => {
    state.faults.replace([]);
    return context.json(state.faults.list());
  });

  control.delete('/faults/:id', (context) => {
    const found = state.faults.remove(context.req.param('id'));
    return found ? context.json(state.faults.list()) : context.json({ error: 'there is no such fault' }, 404);
  });

  control.post('/webhooks', async (context) => {
    const body = await readBody(context, webhookSchema);
    if (!body.ok) return body.refusal;
    const { url, ...event } = body.value;
    if (findOwner(state, event.connectionId) === null) {
      return context.json({ error: 'the scenario has nothing of that id' }, 404);
    }
    return context.json(await webhooks.deliver(url, event));
  });

  control.get('/requests', (context) => context.json(state.requests));

  control.delete('/requests', (context) => {
    state.clearRequests();
    return context.json([]);
  });

  return control;
}

function findItem({ scenario }: SandboxState, wanted: string): SandboxPlaidItem | undefined {
  return scenario.plaidItems.find(({ id }) => id === wanted);
}

function describeState(state: SandboxState) {
  return {
    now: state.now(),
    pinned: state.isPinned,
    scenario: state.scenario,
    faults: state.faults.list(),
    requestCount: state.requests.length,
  };
}

type Body<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Response };

/** Parses a body, or says with a 400 what is wrong with it. */
async function readBody<T>(context: Context, schema: z.ZodType<T>): Promise<Body<T>> {
  const json: unknown = await context.req.json().catch(() => undefined);
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, refusal: refuseInput(context, z.prettifyError(parsed.error)) };
}

function refuseInput(context: Context, error: string): Response {
  return context.json({ error }, 400);
}

/** Applies a change to the connections; 404 when it met none, 400 when the outcome makes no sense. */
function changeUsers(
  context: Context,
  state: SandboxState,
  change: (connection: SandboxConnection) => SandboxConnection,
): Response {
  const before = state.scenario;
  const users = before.users.map((user) => ({ ...user, connections: user.connections.map(change) }));
  if (!isChanged(before, users)) return context.json({ error: 'the scenario has nothing of that id' }, 404);
  const problems = findProblems({ users, instruments: before.instruments });
  if (problems.length > 0) return refuseInput(context, problems.join('\n'));
  state.replaceUsers(users);
  return context.json(describeState(state));
}

/** A connection that a change does not meet stays the very same object. */
function isChanged(before: Scenario, users: Scenario['users']): boolean {
  const kept = new Set(before.users.flatMap((user) => user.connections));
  return users.some((user) => user.connections.some((connection) => !kept.has(connection)));
}

function mapAccount(
  connection: SandboxConnection,
  accountId: string,
  change: (account: SandboxAccount) => SandboxAccount,
): SandboxConnection {
  if (!connection.accounts.some(({ id }) => id === accountId)) return connection;
  const accounts = connection.accounts.map((account) =>
    account.id === accountId ? change(account) : account,
  );
  return { ...connection, accounts };
}
