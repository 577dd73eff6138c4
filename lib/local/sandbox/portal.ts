import { Hono } from 'hono';
import type { Instant } from '@/lib/domain/trading-date';
import { linkBroker, PORTAL_BROKERS } from './portal-brokers';
import { renderPortal, renderPortalEnd } from './portal-page';
import type { PortalSession } from './portal-sessions';
import type { SandboxConnection, SandboxUser } from './scenario';
import type { SandboxState } from './state';
import type { Webhooks } from './webhooks';

/** Ways in which a sign-in at a broker fails, by SnapTrade's codes. */
export const PORTAL_ERRORS = [
  { code: '1066', status: '403', name: 'The password is wrong' },
  { code: '1086', status: '400', name: 'The second factor is wrong' },
  { code: '3000', status: '500', name: 'The broker has an outage' },
] as const;

/** The pages on which a user links a broker or mends a link, in place of SnapTrade's connection portal. */
export function createPortal(state: SandboxState, webhooks: Webhooks): Hono {
  const portal = new Hono();

  portal.get('/:session', (context) => {
    const opened = findOpened(state, context.req.param('session'));
    if (opened === null) return context.html(renderPortalEnd('This link has run out or was used.'), 410);
    const broken = opened.user.connections.find(({ id }) => id === opened.session.reconnect);
    return context.html(renderPortal(PORTAL_BROKERS, PORTAL_ERRORS, broken?.institution.name ?? null));
  });

  portal.post('/:session', async (context) => {
    const now = state.now();
    const opened = findOpened(state, context.req.param('session'));
    if (opened === null) return context.html(renderPortalEnd('This link has run out or was used.'), 410);
    const form = await context.req.formData();
    const outcome = decide(form, opened, state, webhooks, now);
    if (outcome === null) return context.html(renderPortalEnd('The portal knows no such choice.'), 400);
    state.portalSessions.end(opened.session.id);
    const { redirect } = opened.session;
    if (redirect === null) return context.html(renderPortalEnd('You can close this window.'));
    return context.redirect(withQuery(redirect, outcome), 303);
  });

  return portal;
}

interface Opened {
  readonly session: PortalSession;
  readonly user: SandboxUser;
}

function findOpened(state: SandboxState, id: string): Opened | null {
  const session = state.portalSessions.find(id, state.now());
  const user = state.scenario.users.find(({ userId }) => userId === session?.userId);
  return session === null || user === undefined ? null : { session, user };
}

type Outcome = Readonly<Record<string, string>>;

/** Does what was chosen and says so in the query of the way back; null for a choice that there is not. */
function decide(
  form: FormData,
  opened: Opened,
  state: SandboxState,
  webhooks: Webhooks,
  now: Instant,
): Outcome | null {
  const choice = form.get('choice');
  if (choice === 'leave') return { status: 'ABANDONED' };
  if (choice === 'fail') {
    const error = PORTAL_ERRORS.find(({ code }) => code === form.get('error'));
    return error === undefined
      ? null
      : { status: 'ERROR', status_code: error.status, error_code: error.code };
  }
  if (choice !== 'link') return null;
  const isMending = opened.session.reconnect !== null;
  const linked = isMending ? mend(opened, state) : link(form.get('broker'), opened, state, now);
  if (linked === null) return null;
  webhooks.announce({
    eventType: isMending ? 'CONNECTION_FIXED' : 'CONNECTION_ADDED',
    connectionId: linked.id,
  });
  return { status: 'SUCCESS', connection_id: linked.id };
}

function mend({ session, user }: Opened, state: SandboxState): SandboxConnection | null {
  const broken = user.connections.find(({ id }) => id === session.reconnect);
  if (broken === undefined) return null;
  const mended = { ...broken, disabledSince: null };
  const connections = user.connections.map((one) => (one.id === mended.id ? mended : one));
  state.replaceUser({ ...user, connections });
  return mended;
}

function link(slug: unknown, { user }: Opened, state: SandboxState, now: Instant): SandboxConnection | null {
  const broker = PORTAL_BROKERS.find((one) => one.slug === slug);
  if (broker === undefined) return null;
  const instrument = state.scenario.instruments[0]?.symbol ?? null;
  const linked = linkBroker(user, broker, instrument, now);
  state.replaceUser({ ...user, connections: [...user.connections, linked] });
  return linked;
}

function withQuery(address: string, query: Outcome): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
