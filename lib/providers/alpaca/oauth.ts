import 'server-only';
import { z } from 'zod';
import { type OAuthLinking, ProviderError, type ProviderErrorKind } from '@/lib/providers/provider';
import { type AlpacaClientOptions, isPaperHost } from './client';
import { openAccount } from './linking';
import { tokenSchema } from './schema';

export interface AlpacaOAuthOptions extends AlpacaClientOptions {
  /** As Alpaca knows this product; the secret never leaves the server. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where both the page and the exchange are; Alpaca's own hosts when left out. */
  readonly oauthBaseUrl?: string;
}

const PAGE_HOST = 'https://app.alpaca.markets';
const TOKEN_HOST = 'https://api.alpaca.markets';

/**
 * An account at Alpaca that its owner allows us to read, on Alpaca's own page. No scope is asked for, which means reading alone, and of
 * live and paper accounts only the kind that is read here. What was allowed is taken back there: no call of Alpaca's ends a token.
 * PKCE is not a part of it; the exchange takes our secret.
 */
export function createAlpacaOAuthLinking(options: AlpacaOAuthOptions): OAuthLinking {
  const { clientId, oauthBaseUrl } = options;
  return {
    id: 'alpaca',

    authorizationUrl({ state, returnTo }) {
      const url = new URL('/oauth/authorize', oauthBaseUrl ?? PAGE_HOST);
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: returnTo,
        state,
        env: isPaperHost(options) ? 'paper' : 'live',
      }).toString();
      return url.href;
    },

    async openAccount({ code, returnTo }) {
      const accessToken = await exchangeCode(code, returnTo, options);
      return accessToken === null
        ? { opened: false, reason: 'not_accepted' }
        : openAccount({ accessToken }, options);
    },
  };
}

/** The token that a code stands for; null for a code that Alpaca does not take, or no longer. */
async function exchangeCode(
  code: string,
  returnTo: string,
  { clientId, clientSecret, oauthBaseUrl, timeoutMs, gate }: AlpacaOAuthOptions,
): Promise<string | null> {
  await gate.pass();
  let answer: Response;
  try {
    answer = await fetch(new URL('/oauth/token', oauthBaseUrl ?? TOKEN_HOST), {
      method: 'POST',
      headers: { accept: 'application/json' },
      // Sent as a form, as the standard has it.
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uri: returnTo,
      }),
      cache: 'no-store',
      // The secret is for this host alone.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    throw new ProviderError('unavailable', `Alpaca did not exchange a code within ${timeoutMs} ms`);
  }
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) {
    const kind = kindOf(answer.status, body);
    if (kind === null) return null;
    throw new ProviderError(kind, `Alpaca answered the exchange of a code with status ${answer.status}`);
  }
  const token = tokenSchema.safeParse(body);
  if (token.success) return token.data.access_token;
  throw new ProviderError('bad_data', 'Alpaca exchanged a code for something that is no bearer token');
}

/** The standard's words for a client that is not known, or may not do this: no user can mend that. */
const CLIENT_ERRORS = ['invalid_client', 'unauthorized_client'];
const refusalSchema = z.object({ error: z.string() });

/** Why an exchange failed; null where the code itself is refused. */
function kindOf(status: number, body: unknown): ProviderErrorKind | null {
  if (status === 429) return 'rate_limited';
  const refusal = refusalSchema.safeParse(body);
  if (status === 401 || status === 403 || CLIENT_ERRORS.includes(refusal.data?.error ?? ''))
    return 'keys_refused';
  return status >= 400 && status < 500 ? null : 'unavailable';
}
