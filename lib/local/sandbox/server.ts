import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { refuseOtherSites, requireSecret } from './access';
import { createAlpacaCalendar } from './alpaca/calendar';
import { createAlpacaOAuth } from './alpaca/oauth';
import { createAlpaca } from './alpaca/server';
import { createBars } from './bars';
import { createControl } from './control';
import { LINKING_ROUTES } from './linking-operations';
import { SIGNED_ROUTES } from './operations';
import { createPlaidLinking } from './plaid/linking';
import { createPlaid } from './plaid/server';
import { createPlaidWebhooks, type PlaidWebhooks } from './plaid/webhooks';
import { createPortal } from './portal';
import { createReferenceRates } from './reference-rates';
import { type Scenario, type ScenarioInput, scenarioSchema } from './scenario';
import { type ServeOptions, serveCall } from './serve-call';
import type { SandboxKeys } from './signature';
import { SandboxState } from './state';
import { createWebhooks } from './webhooks';

export interface SandboxOptions extends SandboxKeys {
  readonly scenario: ScenarioInput;
  /** Asked for on the control path. */
  readonly controlSecret: string;
  /** The clock while none is pinned; the machine's when left out. */
  readonly now?: () => Date;
  /** Milliseconds for the rate limit; the machine's clock when left out. */
  readonly readWallClockMs?: () => number;
  /** Told of every change of the scenario, so that what users did can outlive the process. */
  readonly onScenarioChange?: (scenario: Scenario) => void;
}

export interface Sandbox {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly state: SandboxState;
  readonly plaidWebhooks: PlaidWebhooks;
  /** Ends all waiting requests. */
  close(): void;
}

/** A brokerage that speaks SnapTrade's wire protocol, and Alpaca's and Plaid's on the same market. Throws `ZodError` on a scenario that is not one. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const state = new SandboxState(
    scenarioSchema.parse(options.scenario),
    options.now ?? (() => new Date()),
    options.onScenarioChange,
  );
  const closing = new AbortController();
  const keys = { clientId: options.clientId, consumerKey: options.consumerKey };
  const webhooks = createWebhooks(state, keys, closing.signal);
  const plaidWebhooks = createPlaidWebhooks(state, closing.signal);
  const serveOptions: ServeOptions = {
    state,
    keys,
    readWallClockMs: options.readWallClockMs ?? Date.now,
    closing: closing.signal,
    webhooks,
  };
  const app = new Hono();
  app.use(refuseOtherSites);
  app.use('/_control/*', requireSecret(options.controlSecret));
  app.route('/_control', createControl(state, webhooks, plaidWebhooks));
  app.route('/v2/stocks', createBars(state, keys));
  const { readWallClockMs } = serveOptions;
  app.route('/v2/account', createAlpaca({ state, readWallClockMs, closing: closing.signal }));
  app.route('/v2/calendar', createAlpacaCalendar(state, keys));
  app.route('/oauth', createAlpacaOAuth({ state, keys, closing: closing.signal }));
  const plaid = { state, keys, closing: closing.signal };
  app.route('/plaid', createPlaid(plaid, plaidWebhooks));
  app.route('/plaid', createPlaidLinking(plaid, plaidWebhooks));
  app.route('/service/data/EXR', createReferenceRates(state, closing.signal));
  app.route('/portal', createPortal(state, webhooks));
  app.get('/', (context) => context.json({ version: 153, timestamp: state.now(), online: true }));
  for (const route of [...SIGNED_ROUTES, ...LINKING_ROUTES]) {
    app.on(route.method, route.path, (context) => {
      const connectionId = context.req.param('connectionId') ?? null;
      const accountId = context.req.param('accountId') ?? null;
      return serveCall(context.req.raw, route, { connectionId, accountId }, serveOptions);
    });
  }
  app.notFound((context) => context.json({ detail: 'Not found', status_code: 404, code: '1011' }, 404));
  return { fetch: (request) => app.fetch(request), state, plaidWebhooks, close: () => closing.abort() };
}

export interface RunningSandbox {
  readonly url: string;
  readonly state: SandboxState;
  readonly plaidWebhooks: PlaidWebhooks;
  close(): Promise<void>;
}

/** Serves a sandbox on 127.0.0.1; port 0 takes a free one. */
export async function startSandbox(
  options: SandboxOptions & { readonly port: number },
): Promise<RunningSandbox> {
  const sandbox = createSandbox(options);
  const { server, port } = await new Promise<{ server: ReturnType<typeof serve>; port: number }>(
    (resolve, reject) => {
      const starting = serve({ fetch: sandbox.fetch, port: options.port, hostname: '127.0.0.1' }, (info) =>
        resolve({ server: starting, port: info.port }),
      );
      starting.once('error', reject);
    },
  );
  return {
    url: `http://127.0.0.1:${port}`,
    state: sandbox.state,
    plaidWebhooks: sandbox.plaidWebhooks,
    close: () => {
      sandbox.close();
      return new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}
