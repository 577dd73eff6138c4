import type { Sandbox } from '@/lib/local/sandbox';
import { signRequest } from '@/lib/local/sandbox/signature';
import { SANDBOX_KEYS } from './scenario';

/** Sends a signed request to a sandbox in this process, as `user-1` unless named otherwise. */
export async function askSandbox(
  sandbox: Sandbox,
  path: string,
  query: Readonly<Record<string, string>> = {},
  method: 'GET' | 'POST' = 'GET',
): Promise<{ readonly status: number; readonly body: unknown; readonly headers: Headers }> {
  const parameters = new URLSearchParams({
    clientId: SANDBOX_KEYS.clientId,
    timestamp: '1795212000',
    userId: 'user-1',
    userSecret: 'secret-of-user-1',
    ...query,
  });
  const signed = { content: null, path, query: parameters.toString() };
  const headers = { Signature: signRequest(signed, SANDBOX_KEYS.consumerKey) };
  return answerOf(
    await sandbox.fetch(new Request(`http://localhost${path}?${parameters}`, { method, headers })),
  );
}

/** Speaks to the control path, which asks for a secret and no signature. */
export async function controlSandbox(sandbox: Sandbox, method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${SANDBOX_KEYS.controlSecret}` };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return answerOf(await sandbox.fetch(new Request(`http://localhost/_control${path}`, init)));
}

async function answerOf(response: Response) {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  const body: unknown = isJson ? JSON.parse(text) : text;
  return { status: response.status, body, headers: response.headers };
}
