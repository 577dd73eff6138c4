import { type ServerType, serve } from '@hono/node-server';
import { toDate } from '@/lib/domain/trading-date';
import { createSandbox, type RunningSandbox, startSandbox } from '@/lib/local/sandbox';
import { createSnapTradeProvider } from '@/lib/providers/snaptrade';
import { createSnapTradeLinking } from '@/lib/providers/snaptrade/linking';
import { controlSandbox } from './sandbox-request';
import { account, connection, SANDBOX_KEYS, scenario, user } from './scenario';
import { FRIDAY_EVENING, linkOf, refOf } from './snaptrade-harness';
import { openWebhookReceiver } from './webhook-receiver';

const CONNECTION = 'b1a1f6a0-6d4c-4a51-9d4c-0b6f5d1c0001';
const DAILY = 'b1a1f6a0-6d4c-4a51-9d4c-0b6f5d1c0002';
const ACCOUNT = 'c1a1f6a0-6d4c-4a51-9d4c-0b6f5d1c0001';
const UNREPORTED = 'c1a1f6a0-6d4c-4a51-9d4c-0b6f5d1c0002';
const COLLECTING = 'c1a1f6a0-6d4c-4a51-9d4c-0b6f5d1c0004';
const READ_DAILY = 'c1a1f6a0-6d4c-4a51-9d4c-0b6f5d1c0003';
const BROKEN = 'b1a1f6a0-6d4c-4a51-9d4c-0b6f5d1c0003';

const NOWHERE = '00000000-0000-4000-8000-000000000000';

const WORLD = scenario({
  users: [
    user({
      connections: [
        connection({
          id: CONNECTION,
          accounts: [
            account({ id: ACCOUNT, investedShare: 0.5 }),
            account({ id: COLLECTING, movementsCollectedAt: '2026-11-20T22:01:00Z' }),
            account({ id: UNREPORTED, investedShare: 0.5, totalReported: false, historyEnabled: false }),
          ],
        }),
        connection({ id: BROKEN, disabledSince: '2026-11-18T15:00:00Z', accounts: [] }),
        connection({ id: DAILY, dataFreshness: 'daily', accounts: [account({ id: READ_DAILY })] }),
      ],
    }),
  ],
});

/** What went over HTTP between the adapter and the sandbox. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly names: readonly string[];
  readonly content: unknown;
  readonly status: number;
  readonly answer: unknown;
}

/** Asks everything that the adapter can ask of the sandbox, refusals included, and returns what went over HTTP. */
export async function recordExchanges(): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  const sandbox = await startSandbox({
    ...SANDBOX_KEYS,
    port: 0,
    scenario: WORLD,
    now: () => new Date(FRIDAY_EVENING),
  });
  let between: ServerType | null = null;
  try {
    const baseUrl = await new Promise<string>((resolve) => {
      between = serve(
        { port: 0, hostname: '127.0.0.1', fetch: (request) => pass(request, sandbox.url, exchanges) },
        ({ port }) => resolve(`http://127.0.0.1:${port}`),
      );
    });
    await askEverything(baseUrl, sandbox);
    return exchanges;
  } finally {
    (between as ServerType | null)?.close();
    await sandbox.close();
  }
}

/** What the sandbox sends to a webhook about a connection, by the kinds of event. */
export async function recordEvents(eventTypes: readonly string[]): Promise<readonly unknown[]> {
  const receiver = await openWebhookReceiver(async () => new Response(null));
  const sandbox = createSandbox({ ...SANDBOX_KEYS, scenario: WORLD, now: () => new Date(FRIDAY_EVENING) });
  try {
    for (const eventType of eventTypes) {
      const event = { url: receiver.url, eventType, connectionId: CONNECTION, accountId: ACCOUNT };
      await controlSandbox(sandbox, 'POST', '/webhooks', event);
    }
    return receiver.letters.map(({ body }): unknown => JSON.parse(body));
  } finally {
    await receiver.close();
  }
}

/** Hands a request on, whose signature covers path and query but no host, and keeps what was exchanged. */
async function pass(request: Request, sandboxUrl: string, exchanges: Exchange[]): Promise<Response> {
  const { pathname, search, searchParams } = new URL(request.url);
  const sent = await request.text();
  const headers = { Signature: request.headers.get('Signature') ?? '', 'content-type': 'application/json' };
  const body = sent === '' ? {} : { body: sent };
  const answer = await fetch(`${sandboxUrl}${pathname}${search}`, {
    method: request.method,
    headers,
    ...body,
  });
  const text = await answer.text();
  exchanges.push({
    method: request.method,
    path: pathname,
    names: [...searchParams.keys()],
    content: sent === '' ? null : JSON.parse(sent),
    status: answer.status,
    answer: JSON.parse(text),
  });
  return new Response(text, { status: answer.status, headers: { 'content-type': 'application/json' } });
}

async function askEverything(baseUrl: string, { state }: RunningSandbox): Promise<void> {
  const options = { ...SANDBOX_KEYS, baseUrl, timeoutMs: 5_000, gate: { pass: async () => {} } };
  const clock = (): Date => new Date(FRIDAY_EVENING);
  const provider = createSnapTradeProvider({ ...options, legacyReporting: false, clock });
  const legacy = createSnapTradeProvider({ ...options, legacyReporting: true, clock });
  const linking = createSnapTradeLinking(options);
  const link = linkOf(CONNECTION);
  const range = { from: toDate('2024-12-01'), to: toDate('2026-11-20') };
  const unknown = { userId: 'user-1', userSecret: 'an-old-one' };
  await provider.currentValues(link, true);
  await provider.connectionHealth(link);
  await provider.requestRefresh(link);
  await provider.requestRefresh(linkOf(DAILY));
  await provider.requestRefresh(linkOf(DAILY));
  await provider.valueHistory(link, refOf(ACCOUNT), range);
  await provider.valueHistory(link, refOf(UNREPORTED), range);
  // The retired call: refused to most customers, and answered to some.
  await legacy.valueHistory(link, refOf(UNREPORTED), range);
  state.replaceScenario({ ...state.scenario, legacyReporting: 'on' });
  await legacy.valueHistory(link, refOf(UNREPORTED), range);
  await provider.cashFlows(link, refOf(ACCOUNT), range);
  await provider.cashFlows(link, refOf(COLLECTING), range);
  await refused(provider.requestRefresh(linkOf(BROKEN)));
  await refused(provider.currentValues(linkOf(NOWHERE), true));
  await refused(provider.currentValues({ ...link, credentials: unknown }, true));
  await linking.registerUser('somebody-new');
  await linking.registerUser('somebody-new');
  await linking.portalLink(link.credentials, { returnTo: 'https://app.example/back', reconnect: null });
  await linking.listConnections(link.credentials);
  await linking.deleteConnection(linkOf(DAILY));
  await linking.deleteUser('somebody-new');
}

async function refused(question: Promise<unknown>): Promise<void> {
  const isAnswered = await question.then(
    () => true,
    () => false,
  );
  if (isAnswered) throw new Error('the sandbox answered what it is to refuse');
}
