import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { confirmLinks, startLink } from '@/lib/connections/linking';
import type { LinkingDependencies } from '@/lib/connections/registration';
import { linkingStore } from '@/lib/connections/store';
import { createSnapTradeLinking } from '@/lib/providers/snaptrade/linking';
import { CREDENTIALS_KEY } from './linked-user';
import { SANDBOX_KEYS } from './scenario';
import type { WorkerHarness } from './worker-harness';

/** What a visitor of the sandbox's portal chooses. */
type PortalChoice =
  | { readonly choice: 'link'; readonly broker?: string }
  | { readonly choice: 'leave' }
  | { readonly choice: 'fail'; readonly error: string };

/** Opens a portal address as a browser does; returns status and text of the page. */
export async function openPortal(
  address: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(address);
  return { status: answer.status, text: await answer.text() };
}

/** Sends the portal's form; returns where it leads, or null when it leads nowhere. */
export async function choosePortal(address: string, choice: PortalChoice): Promise<URL | null> {
  const body = new FormData();
  for (const [name, value] of Object.entries(choice)) body.set(name, value);
  const answer = await fetch(address, { method: 'POST', body, redirect: 'manual' });
  await answer.arrayBuffer();
  const location = answer.headers.get('location');
  return location === null ? null : new URL(location);
}

export const RETURN_TO = 'https://app.example/connections/return';

/** Linking over a harness's database and sandbox, at an instant; everything is real but the budget, which is endless. */
export function linkingAt(harness: WorkerHarness, at: string): LinkingDependencies {
  const client = harness.stack.admin;
  const provider = 'snaptrade' as const;
  return {
    store: linkingStore(client, provider, 'Not real.'),
    provider: createSnapTradeLinking({
      ...SANDBOX_KEYS,
      baseUrl: harness.sandbox.url,
      timeoutMs: 5_000,
      gate: { pass: async () => {} },
    }),
    credentialsKey: CREDENTIALS_KEY,
    clock: () => new Date(at),
    newId: randomUUID,
    sleep: (ms) => sleep(ms),
    log: () => {},
  };
}

/** Goes through the portal as a user who links a broker; nothing is confirmed yet. */
export async function visitPortal(
  userId: string,
  linking: LinkingDependencies,
  broker = 'HARBOR-SECURITIES',
): Promise<void> {
  const address = await startLink({ userId, reconnect: null, returnTo: RETURN_TO }, linking);
  await choosePortal(address, { choice: 'link', broker });
}

/** Links a broker through the portal and confirms it; returns our id of the connection. */
export async function linkBroker(
  userId: string,
  linking: LinkingDependencies,
  broker = 'HARBOR-SECURITIES',
): Promise<string> {
  await visitPortal(userId, linking, broker);
  const confirmed = await confirmLinks(userId, linking);
  const linked = confirmed.find(({ outcome }) => outcome === 'linked');
  if (linked === undefined) throw new Error('nothing was linked');
  return linked.connectionId;
}
