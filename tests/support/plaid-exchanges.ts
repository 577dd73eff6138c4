import { type ServerType, serve } from '@hono/node-server';
import { toDate } from '@/lib/domain/trading-date';
import { startSandbox } from '@/lib/local/sandbox';
import { createPlaidProvider } from '@/lib/providers/plaid';
import { createPlaidLinking } from '@/lib/providers/plaid/linking';
import { createPlaidWebhookKeys } from '@/lib/providers/plaid/webhook-keys';
import { plaidItem, plaidKeys, plaidLinkOf } from './plaid-harness';
import { account, SANDBOX_KEYS, scenario } from './scenario';
import type { Exchange } from './snaptrade-exchanges';
import { FRIDAY_EVENING, refOf } from './snaptrade-harness';

/** Asks everything that the adapter can ask of the sandbox and returns what went over HTTP. */
export async function recordPlaidExchanges(): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  const deposit = { date: '2025-01-02', amount: '10000', type: 'CONTRIBUTION' as const };
  const flows = (['DIVIDEND', 'INTEREST', 'FEE', 'TAX', 'EXTERNAL_ASSET_TRANSFER_IN'] as const).map(
    (type, index) => ({ date: `2026-10-0${index + 5}`, amount: type === 'FEE' ? '-1' : '2', type }),
  );
  const accounts = [
    account({ id: 'plaid-1', investedShare: 0.5, flows: [deposit, ...flows] }),
    account({ id: 'plaid-2', category: 'DEPOSIT', instrument: null, flows: [deposit] }),
  ];
  const broken = { disabledSince: '2026-11-10T15:00:00Z', accounts: [account({ id: 'plaid-3' })] };
  const sandbox = await startSandbox({
    ...SANDBOX_KEYS,
    port: 0,
    scenario: scenario({
      users: [],
      plaidItems: [
        plaidItem({ accounts, lastWebhook: 'DEFAULT_UPDATE' }),
        plaidItem({ id: 'item-2', ...broken }),
      ],
    }),
    now: () => new Date(FRIDAY_EVENING),
  });
  let between: ServerType | null = null;
  try {
    const proxyUrl = await new Promise<string>((resolve) => {
      between = serve(
        { port: 0, hostname: '127.0.0.1', fetch: (request) => pass(request, sandbox.url, exchanges) },
        ({ port }) => resolve(`http://127.0.0.1:${port}`),
      );
    });
    const options = {
      ...plaidKeys(proxyUrl),
      timeoutMs: 5_000,
      gate: { pass: async () => {} },
      clock: () => new Date(FRIDAY_EVENING),
      countries: ['US'],
    };
    const provider = createPlaidProvider(options);
    await provider.currentValues(plaidLinkOf(), false);
    await provider.connectionHealth(plaidLinkOf());
    const range = { from: toDate('2024-12-01'), to: toDate('2026-11-20') };
    await provider.cashFlows(plaidLinkOf(), refOf('plaid-1'), range);
    await provider.connectionHealth(plaidLinkOf('item-2')).catch(() => {});
    const linking = createPlaidLinking(options);
    for (const choice of ['link', 'leave', 'fail']) await visit(linking, choice, proxyUrl, sandbox.url);
    await linking.deleteConnection(plaidLinkOf());
    await createPlaidWebhookKeys(options)('key-of-the-sandbox');
    return exchanges;
  } finally {
    (between as ServerType | null)?.close();
    await sandbox.close();
  }
}

async function visit(
  linking: ReturnType<typeof createPlaidLinking>,
  choice: string,
  proxyUrl: string,
  sandboxUrl: string,
): Promise<void> {
  const { url, session } = await linking.openSession({
    userId: 'user-1',
    returnTo: 'https://app.example/connections/return/plaid',
    eventsTo: 'https://app.example/api/webhooks/plaid',
    reconnect: null,
  });
  const body = new FormData();
  body.set('choice', choice);
  body.set('broker', 'ins_900001');
  body.set('error', 'INVALID_CREDENTIALS');
  const page = url.replace(proxyUrl, sandboxUrl);
  await (await fetch(page, { method: 'POST', body, redirect: 'manual' })).arrayBuffer();
  await linking.sessionOutcome(session, null);
}

async function pass(request: Request, sandboxUrl: string, exchanges: Exchange[]): Promise<Response> {
  const { pathname } = new URL(request.url);
  const content: unknown = await request.clone().json();
  const answer = await fetch(`${sandboxUrl}${pathname}`, {
    method: request.method,
    headers: {
      'content-type': 'application/json',
      ...Object.fromEntries(
        ['PLAID-CLIENT-ID', 'PLAID-SECRET', 'Plaid-Version'].map((name) => [
          name,
          request.headers.get(name) ?? '',
        ]),
      ),
    },
    body: await request.text(),
  });
  const text = await answer.text();
  exchanges.push({
    method: request.method,
    path: pathname.replace(/^\/plaid/, ''),
    names: [],
    content,
    status: answer.status,
    answer: JSON.parse(text),
  });
  return new Response(text, { status: answer.status, headers: { 'content-type': 'application/json' } });
}
