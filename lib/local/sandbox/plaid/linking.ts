import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import { openAccount, type PortalBroker } from '../portal-brokers';
import { renderPortal, renderPortalEnd } from '../portal-page';
import { WireRefusal } from '../refusal';
import { plaidItemSchema, type SandboxPlaidItem } from '../scenario';
import type { SandboxState } from '../state';
import type { LinkOutcome, PlaidLink } from './links';
import { findItem, type PlaidServer, readBody, servePlaid, typeOfCode } from './server';
import type { PlaidWebhooks } from './webhooks';

/** What Plaid's page offers, by its ids, and the accounts that whoever signs in there turns out to have. */
const INSTITUTIONS: readonly PortalBroker[] = [
  {
    name: 'Evergreen Investments',
    slug: 'ins_900001',
    dataFreshness: 'daily',
    reportsAccountIds: false,
    accounts: [
      { name: 'Brokerage', start: 31_000, monthly: 450, investedShare: 0.9, category: 'INVESTMENT' },
      { name: 'Cash reserve', start: 4_100, monthly: 90, investedShare: 0, category: 'DEPOSIT' },
    ],
  },
  {
    name: 'Lakeside Retirement',
    slug: 'ins_900002',
    dataFreshness: 'daily',
    reportsAccountIds: false,
    accounts: [{ name: '401(k)', start: 72_000, monthly: 850, investedShare: 1, category: 'INVESTMENT' }],
  },
];

/** Ways in which a visit ends without a link, by Plaid's codes; a `null` code leaves without an error. */
const LINK_ERRORS = [
  { code: 'INVALID_CREDENTIALS', name: 'The password is wrong' },
  { code: 'INVALID_MFA', name: 'The second factor is wrong' },
  { code: 'INSTITUTION_NOT_FOUND', name: 'The institution is not there' },
  { code: 'INSTITUTION_NOT_RESPONDING', name: 'The institution has an outage' },
  { code: 'PLANNED_MAINTENANCE', name: 'There is maintenance' },
] as const;

const createBody = z.object({
  client_name: z.string().min(1).max(30),
  language: z.string(),
  country_codes: z.array(z.string()).min(1),
  user: z.object({ client_user_id: z.string().min(1) }),
  products: z.array(z.string()).optional(),
  access_token: z.string().nullish(),
  webhook: z.url().optional(),
  hosted_link: z.object({
    completion_redirect_uri: z.url().optional(),
    url_lifetime_seconds: z.number().int().positive().optional(),
  }),
});

/** Plaid's link tokens and its hosted page, on which a person clicks and a test sends the form. */
export function createPlaidLinking(server: PlaidServer, webhooks: PlaidWebhooks): Hono {
  const app = new Hono();
  const { state } = server;

  app.post('/link/token/create', (context) =>
    servePlaid(context, 'plaidLinkToken', server, (call) => {
      const body = readBody(createBody, call.body);
      const isUpdate = body.access_token != null;
      if (isUpdate === (body.products !== undefined))
        throw new WireRefusal(400, 'INVALID_FIELD', 'either products or an access token');
      const item = isUpdate ? findItem(call) : null;
      const link = state.plaidLinks.open(
        {
          userId: body.user.client_user_id,
          itemId: item?.id ?? null,
          redirect: body.hosted_link.completion_redirect_uri ?? null,
          webhook: body.webhook ?? null,
        },
        call.now,
      );
      return {
        link_token: link.token,
        expiration: link.expiresAt,
        hosted_link_url: `${call.origin}/plaid/hosted/${link.token}`,
        request_id: randomUUID(),
      };
    }),
  );

  app.post('/link/token/get', (context) =>
    servePlaid(context, 'plaidLinkSession', server, ({ body, now }) => {
      const link = state.plaidLinks.find(readBody(z.object({ link_token: z.string() }), body).link_token);
      if (link === null) throw new WireRefusal(400, 'INVALID_LINK_TOKEN', 'invalid link_token provided');
      return renderLink(link, state, now);
    }),
  );

  app.post('/item/public_token/exchange', (context) =>
    servePlaid(context, 'plaidExchange', server, ({ body }) => {
      const { public_token: token } = readBody(z.object({ public_token: z.string() }), body);
      const itemId = state.plaidLinks.exchange(token);
      const item = state.scenario.plaidItems.find(({ id }) => id === itemId);
      if (item === undefined)
        throw new WireRefusal(400, 'INVALID_PUBLIC_TOKEN', 'could not find matching public token');
      return { access_token: item.accessToken, item_id: item.id, request_id: randomUUID() };
    }),
  );

  app.get('/hosted/:token', (context) => {
    const link = state.plaidLinks.findOpen(context.req.param('token'), state.now());
    if (link === null) return context.html(renderPortalEnd('This link has run out or was used.'), 410);
    return context.html(
      renderPortal(INSTITUTIONS, LINK_ERRORS, itemOf(state, link)?.institution.name ?? null),
    );
  });

  app.post('/hosted/:token', async (context) => {
    const now = state.now();
    const link = state.plaidLinks.findOpen(context.req.param('token'), now);
    if (link === null) return context.html(renderPortalEnd('This link has run out or was used.'), 410);
    const outcome = decide(await context.req.formData(), link, state, webhooks, now);
    if (outcome === null) return context.html(renderPortalEnd('The page knows no such choice.'), 400);
    state.plaidLinks.end(link.token, outcome);
    if (link.redirect === null) return context.html(renderPortalEnd('You can close this window.'));
    return context.redirect(link.redirect, 303);
  });

  return app;
}

function itemOf({ scenario }: SandboxState, { itemId }: PlaidLink): SandboxPlaidItem | null {
  return scenario.plaidItems.find(({ id }) => id === itemId) ?? null;
}

/** Does what was chosen; null for a choice that there is not. */
function decide(
  form: FormData,
  link: PlaidLink,
  state: SandboxState,
  webhooks: PlaidWebhooks,
  now: Instant,
): LinkOutcome | null {
  const choice = form.get('choice');
  if (choice === 'leave') return { type: 'left', error: null };
  if (choice === 'fail') {
    const error = LINK_ERRORS.find(({ code }) => code === form.get('error'));
    return error === undefined
      ? null
      : { type: 'left', error: { code: error.code, type: typeOfCode(error.code) } };
  }
  if (choice !== 'link') return null;
  const known = itemOf(state, link);
  if (known !== null) {
    state.putPlaidItem({ ...known, disabledSince: null });
    webhooks.announce(known.id, 'ITEM', 'LOGIN_REPAIRED');
    return { type: 'updated' };
  }
  const institution = INSTITUTIONS.find(({ slug }) => slug === form.get('broker'));
  if (institution === undefined) return null;
  const item = openItem(institution, link, state, now);
  state.putPlaidItem(item);
  webhooks.announce(item.id, 'INVESTMENTS_TRANSACTIONS', 'HISTORICAL_UPDATE');
  return { type: 'linked', itemId: item.id, publicToken: `public-sandbox-${randomUUID()}` };
}

/**
 * What a new login sees, under ids of its own. The accounts are those that were linked there before and removed, or else accounts
 * opened two years ago. Plaid reads a new item at once, and then once a day.
 */
function openItem(
  institution: PortalBroker,
  { webhook }: PlaidLink,
  { scenario }: SandboxState,
  now: Instant,
): SandboxPlaidItem {
  const instrument = scenario.instruments[0]?.symbol ?? null;
  const former = scenario.plaidItems.findLast(
    ({ institution: { id }, isRemoved }) => isRemoved && id === institution.slug,
  );
  const accounts =
    former?.accounts ?? institution.accounts.map((one) => openAccount(one, institution, instrument, now));
  return plaidItemSchema.parse({
    id: randomUUID(),
    accessToken: `access-sandbox-${randomUUID()}`,
    institution: { id: institution.slug, name: institution.name },
    createdAt: now,
    webhook,
    accounts: accounts.map((account) => ({ ...account, id: randomUUID() })),
  });
}

function renderLink(link: PlaidLink, state: SandboxState, now: Instant) {
  const { outcome, token, createdAt, expiresAt, webhook } = link;
  return {
    link_token: token,
    created_at: createdAt,
    expiration: expiresAt,
    link_sessions:
      outcome === null
        ? []
        : [
            {
              link_session_id: `session-of-${token}`,
              started_at: createdAt,
              finished_at: toInstant(now),
              on_success: null,
              on_exit: null,
              exit: outcome.type === 'left' ? renderExit(outcome.error) : null,
              events: [],
              results: outcome.type === 'left' ? null : renderResults(outcome, state),
            },
          ],
    metadata: {
      initial_products: ['investments'],
      webhook,
      country_codes: ['US'],
      language: 'en',
      redirect_uri: null,
      client_name: 'sandbox',
    },
    request_id: randomUUID(),
  };
}

/** Who does not find their institution leaves without an error; the place at which they left tells it. */
function renderExit(error: Extract<LinkOutcome, { type: 'left' }>['error']) {
  const isNotFound = error?.code === 'INSTITUTION_NOT_FOUND';
  return {
    error:
      error === null || isNotFound
        ? null
        : {
            error_type: error.type,
            error_code: error.code,
            error_message: 'as the visitor chose',
            display_message: null,
          },
    metadata: {
      institution: null,
      status: isNotFound ? 'institution_not_found' : 'requires_credentials',
      link_session_id: 'session',
      request_id: 'request',
    },
  };
}

function renderResults(outcome: Exclude<LinkOutcome, { type: 'left' }>, { scenario }: SandboxState) {
  const none = {
    cra_item_add_results: [],
    cra_update_results: [],
    bank_income_results: [],
    payroll_income_results: [],
    document_income_results: null,
  };
  if (outcome.type === 'updated') return { ...none, item_add_results: [] };
  const item = scenario.plaidItems.find(({ id }) => id === outcome.itemId);
  return {
    ...none,
    item_add_results: [
      {
        public_token: outcome.publicToken,
        accounts: (item?.accounts ?? []).map(({ id, name, number }) => ({
          id,
          name: name ?? 'Account',
          mask: number.slice(-4),
          type: 'investment',
          subtype: 'brokerage',
          verification_status: null,
          class_type: null,
        })),
        institution:
          item === undefined ? null : { name: item.institution.name, institution_id: item.institution.id },
      },
    ],
  };
}
