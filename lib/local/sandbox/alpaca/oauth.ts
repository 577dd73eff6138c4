import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { renderPortal, renderPortalEnd } from '../portal-page';
import { WireRefusal } from '../refusal';
import { applyAnswerEffect } from '../serve-call';
import type { SandboxKeys } from '../signature';
import type { SandboxState } from '../state';

interface OAuthServer {
  readonly state: SandboxState;
  readonly keys: SandboxKeys;
  /** Ends waits when the sandbox closes. */
  readonly closing: AbortSignal;
}

/** Ways in which a visit ends without a code, by the words that OAuth 2.0 has for them. */
const ERRORS = [
  { code: 'access_denied', name: 'Access is denied' },
  { code: 'server_error', name: 'Alpaca has an outage' },
] as const;

const authorizationQuery = z.object({
  response_type: z.literal('code'),
  client_id: z.string(),
  redirect_uri: z.url(),
  state: z.string().optional(),
  /** Without one, reading is all that is allowed. */
  scope: z.enum(['account:write', 'trading', 'data']).optional(),
  env: z.enum(['live', 'paper']).optional(),
});

const tokenForm = z.object({
  grant_type: z.literal('authorization_code'),
  code: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
  redirect_uri: z.string(),
});

const OPERATION = 'alpacaToken';

/** Alpaca's page on which an owner allows an application to read their account, and the exchange of what comes of it. */
export function createAlpacaOAuth(server: OAuthServer): Hono {
  const app = new Hono();
  const { state, keys } = server;

  app.get('/authorize', (context) => {
    const asked = readAuthorization(context, keys);
    if (asked === null) return context.html(renderPortalEnd('The application is not known.'), 400);
    return context.html(renderPortal(listAccounts(state, asked.env), ERRORS, null));
  });

  app.post('/authorize', async (context) => {
    const asked = readAuthorization(context, keys);
    if (asked === null) return context.html(renderPortalEnd('The application is not known.'), 400);
    const outcome = decide(await context.req.formData(), asked, state);
    if (outcome === null) return context.html(renderPortalEnd('The page knows no such choice.'), 400);
    const url = new URL(asked.redirect_uri);
    for (const [name, value] of Object.entries(outcome)) url.searchParams.set(name, value);
    if (asked.state !== undefined) url.searchParams.set('state', asked.state);
    return context.redirect(url.href, 303);
  });

  app.post('/token', (context) => serveToken(context, server));
  return app;
}

type Authorization = z.output<typeof authorizationQuery>;

function readAuthorization({ req }: Context, { clientId }: SandboxKeys): Authorization | null {
  const parsed = authorizationQuery.safeParse(req.query());
  return parsed.success && parsed.data.client_id === clientId ? parsed.data : null;
}

/** Whoever comes here owns every account of the kind that is asked for. */
function listAccounts({ scenario }: SandboxState, env: Authorization['env']) {
  return scenario.alpacaAccounts
    .filter(({ isPaper }) => env === undefined || isPaper === (env === 'paper'))
    .map(({ id, number }) => ({
      name: 'Alpaca',
      slug: id,
      accounts: [{ name: `account ending ${number.slice(-4)}` }],
    }));
}

/** What was chosen, as the query of the way back says it; null for a choice that there is not. */
function decide(
  form: FormData,
  asked: Authorization,
  state: SandboxState,
): Readonly<Record<string, string>> | null {
  const choice = form.get('choice');
  if (choice === 'leave') return { error: 'access_denied' };
  if (choice === 'fail') {
    const error = ERRORS.find(({ code }) => code === form.get('error'));
    return error === undefined ? null : { error: error.code };
  }
  const account = listAccounts(state, asked.env).find(({ slug }) => slug === form.get('broker'));
  if (choice !== 'link' || account === undefined) return null;
  return { code: state.alpacaGrants.give(account.slug, asked.redirect_uri, state.now()) };
}

/** Exchanges a code, after the faults in force; and logs it. */
async function serveToken(context: Context, { state, keys, closing }: OAuthServer): Promise<Response> {
  const now = state.now();
  const headers = new Headers({ 'X-Request-ID': randomUUID() });
  const target = { operation: OPERATION, userId: null, connectionId: null, accountId: null } as const;
  let status: number | null = null;
  try {
    const waitsUntil = AbortSignal.any([context.req.raw.signal, closing]);
    for (const effect of state.faults.open(now).onAnswer(target)) {
      const outcome = await applyAnswerEffect(effect, waitsUntil, headers);
      if (outcome === 'go_on') continue;
      status = outcome?.status ?? null;
      return outcome ?? new Response(null, { status: 499 });
    }
    const body = exchange(await context.req.parseBody(), state, keys);
    status = 200;
    return Response.json(body, { headers });
  } catch (error) {
    const refusal =
      error instanceof WireRefusal ? error : new WireRefusal(500, 'server_error', 'The sandbox failed.');
    status = refusal.status;
    const body = { error: refusal.code, error_description: refusal.detail };
    return Response.json(body, { status, headers });
  } finally {
    state.logRequest({ ...target, at: now, query: {}, status });
  }
}

function exchange(form: unknown, state: SandboxState, keys: SandboxKeys) {
  const parsed = tokenForm.safeParse(form);
  if (!parsed.success) throw new WireRefusal(400, 'invalid_request', 'a parameter is missing');
  const { client_id, client_secret, code, redirect_uri } = parsed.data;
  if (client_id !== keys.clientId || client_secret !== keys.consumerKey)
    throw new WireRefusal(401, 'invalid_client', 'client authentication failed');
  const accountId = state.alpacaGrants.take(code, redirect_uri, state.now());
  if (accountId === null) throw new WireRefusal(400, 'invalid_grant', 'the code is not good');
  const token = randomUUID();
  state.allowAtAlpaca(accountId, token);
  return { access_token: token, token_type: 'bearer', scope: '' };
}
