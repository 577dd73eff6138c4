import { afterEach, describe, expect, it } from 'vitest';
import { createAlpacaOAuthLinking } from '@/lib/providers/alpaca/oauth';
import {
  type AlpacaHarness,
  alpacaAccount,
  alpacaApplication,
  startAlpacaHarness,
  visitAlpaca,
} from '../support/alpaca-harness';

let opened: AlpacaHarness | null = null;
afterEach(async () => {
  await opened?.sandbox.close();
  opened = null;
});

const RETURN_TO = 'https://app.example/connections/return/alpaca';
const REQUEST = { state: 'a-state', returnTo: RETURN_TO };

const open = async (
  ...[accounts = [alpacaAccount()], options]: Partial<Parameters<typeof startAlpacaHarness>>
) => {
  opened = await startAlpacaHarness(accounts, options);
  return opened;
};

/** A code that Alpaca's page gave out. */
async function codeFrom({ oauth }: AlpacaHarness): Promise<string> {
  return (await visitAlpaca(oauth.authorizationUrl(REQUEST))).searchParams.get('code') ?? '';
}

describe('the page on which an account at Alpaca is allowed', () => {
  const options = {
    clientId: 'our-id',
    clientSecret: 'our-secret',
    timeoutMs: 50,
    gate: { pass: async () => {} },
  };

  it('is asked for reading alone, of a live account, at Alpaca’s own address', () => {
    const url = new URL(createAlpacaOAuthLinking(options).authorizationUrl(REQUEST));
    expect(url.origin + url.pathname).toBe('https://app.alpaca.markets/oauth/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'our-id',
      redirect_uri: RETURN_TO,
      state: 'a-state',
      env: 'live',
    });
  });

  it('is asked for a paper account where those are read', () => {
    const baseUrl = 'https://paper-api.alpaca.markets';
    const url = new URL(createAlpacaOAuthLinking({ ...options, baseUrl }).authorizationUrl(REQUEST));
    expect(url.searchParams.get('env')).toBe('paper');
  });

  it('leads back with the state, and with a code or the reason why there is none', async () => {
    const { oauth } = await open();
    const url = oauth.authorizationUrl(REQUEST);
    const allowed = await visitAlpaca(url);
    expect(allowed.href.startsWith(`${RETURN_TO}?`)).toBe(true);
    expect(allowed.searchParams.get('state')).toBe('a-state');
    const denied = await visitAlpaca(url, { choice: 'leave' });
    expect(Object.fromEntries(denied.searchParams)).toEqual({ error: 'access_denied', state: 'a-state' });
  });
});

describe('a code', () => {
  it('is exchanged for a token, which opens the account', async () => {
    const harness = await open();
    const account = await harness.oauth.openAccount({ code: await codeFrom(harness), returnTo: RETURN_TO });
    const [token] = harness.sandbox.state.scenario.alpacaAccounts[0]?.tokens.slice(-1) ?? [];
    expect(account).toEqual({
      opened: true,
      accountId: 'alpaca-1',
      institution: 'Alpaca',
      credentials: { accessToken: token?.token },
    });
    // The exchange and the account, each through the gate.
    expect(harness.countGatePasses()).toBe(2);
  });

  it('is not good twice, after ten minutes, for another way back, or when nobody gave it out', async () => {
    const harness = await open();
    const { oauth, sandbox } = harness;
    const used = { code: await codeFrom(harness), returnTo: RETURN_TO };
    await oauth.openAccount(used);
    const elsewhere = { code: await codeFrom(harness), returnTo: 'https://evil.example/' };
    const old = { code: await codeFrom(harness), returnTo: RETURN_TO };
    sandbox.state.pinClock('2026-11-22T00:00:00.000Z' as ReturnType<typeof sandbox.state.now>);
    for (const grant of [used, elsewhere, old, { code: 'made-up', returnTo: RETURN_TO }])
      expect(await oauth.openAccount(grant)).toEqual({ opened: false, reason: 'not_accepted' });
  });

  it.each([
    [{ type: 'status', status: 503 }, 'unavailable'],
    [{ type: 'status', status: 429 }, 'rate_limited'],
    [{ type: 'status', status: 401 }, 'keys_refused'],
    [{ type: 'malformed' }, 'bad_data'],
  ] as const)('says nothing of the account while the exchange fails: %o', async (effect, kind) => {
    const harness = await open();
    harness.sandbox.state.faults.add({ id: 'trouble', match: { operation: 'alpacaToken' }, effect });
    const grant = { code: await codeFrom(harness), returnTo: RETURN_TO };
    await expect(harness.oauth.openAccount(grant)).rejects.toMatchObject({ name: 'ProviderError', kind });
  });

  it('that our own secret cannot exchange is no fault of the user’s, and the secret is in no message', async () => {
    const harness = await open();
    const { url } = harness.sandbox;
    const oauth = createAlpacaOAuthLinking({
      ...alpacaApplication(url),
      clientSecret: 'a-wrong-secret',
      baseUrl: url,
      timeoutMs: 5_000,
      gate: { pass: async () => {} },
    });
    const grant = { code: await codeFrom(harness), returnTo: RETURN_TO };
    const error: unknown = await oauth.openAccount(grant).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'keys_refused' });
    expect(String(error)).not.toContain('a-wrong-secret');
    expect(String(error)).not.toContain(grant.code);
  });
});
