import { type ServerType, serve } from '@hono/node-server';
import { toDate } from '@/lib/domain/trading-date';
import { startSandbox } from '@/lib/local/sandbox';
import { createAlpacaProvider } from '@/lib/providers/alpaca';
import { alpacaAccount, alpacaLinkOf, keysOf } from './alpaca-harness';
import { SANDBOX_KEYS, scenario } from './scenario';
import type { Exchange } from './snaptrade-exchanges';
import { FRIDAY_EVENING, refOf } from './snaptrade-harness';

const ACCOUNT = 'a1a1f6a0-6d4c-4a51-9d4c-0b6f5d1c0001';

/** Asks everything that the adapter can ask of the sandbox and returns what went over HTTP. */
export async function recordAlpacaExchanges(): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  const flows = (['DIVIDEND', 'INTEREST', 'FEE', 'TAX', 'EXTERNAL_ASSET_TRANSFER_IN'] as const).map(
    (type, index) => ({ date: `2026-10-0${index + 5}`, amount: type === 'FEE' ? '-1' : '2', type }),
  );
  const deposit = { date: '2025-01-02', amount: '10000', type: 'CONTRIBUTION' as const };
  const sandbox = await startSandbox({
    ...SANDBOX_KEYS,
    port: 0,
    scenario: scenario({
      users: [],
      alpacaAccounts: [
        alpacaAccount({ id: ACCOUNT, investedShare: 0.5, flows: [deposit, ...flows], keys: [keysOf()] }),
      ],
    }),
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
    const provider = createAlpacaProvider({
      baseUrl,
      timeoutMs: 5_000,
      gate: { pass: async () => {} },
      clock: () => new Date(FRIDAY_EVENING),
    });
    const range = { from: toDate('2024-12-01'), to: toDate('2026-11-20') };
    await provider.currentValues(alpacaLinkOf(), true);
    await provider.valueHistory(alpacaLinkOf(), refOf(ACCOUNT), range);
    await provider.cashFlows(alpacaLinkOf(), refOf(ACCOUNT), range);
    return exchanges;
  } finally {
    (between as ServerType | null)?.close();
    await sandbox.close();
  }
}

async function pass(request: Request, sandboxUrl: string, exchanges: Exchange[]): Promise<Response> {
  const { pathname, search, searchParams } = new URL(request.url);
  const answer = await fetch(`${sandboxUrl}${pathname}${search}`, { headers: request.headers });
  const text = await answer.text();
  exchanges.push({
    method: request.method,
    path: pathname,
    names: [...searchParams.keys()],
    content: null,
    status: answer.status,
    answer: JSON.parse(text),
  });
  return new Response(text, { status: answer.status, headers: { 'content-type': 'application/json' } });
}
