/**
 * Who may use which endpoint. `owner` is for whoever is signed in, about what is theirs: of somebody else’s object it answers that
 * there is none. `signature` is for whoever signs the body.
 */
export type Access =
  | 'anyone'
  | 'visitor'
  | 'owner'
  | 'administrator'
  | 'scheduler'
  | 'api_key_or_owner'
  | 'signature';

export interface EndpointRow {
  readonly access: Access;
  /** The address to ask, where the endpoint's own has places; `:connection` and the like are the owner's own. */
  readonly path?: string;
  /** A body that passes no further than the check of who asks and of what; of an owned object one that does its work. */
  readonly body?: object;
  /** Whether the path names an object of the owner, who is answered what came of it; for anybody else it is not there. */
  readonly isOwned?: true;
  /** The limit of an endpoint that has one: of `lib/http/limits.ts`. */
  readonly limit: string | null;
}

const NOBODY = '00000000-0000-4000-8000-000000000000';
const administer = { access: 'administrator', limit: 'administer' } as const;
const adminPage = { access: 'administrator', limit: null } as const;
const read = { access: 'owner', limit: 'read' } as const;

/** One row an endpoint. An endpoint of the code without a row fails the test, and so does a row without an endpoint. */
export const ACCESS_TABLE: Readonly<Record<string, EndpointRow>> = {
  'GET /api/admin/backfill': administer,
  'POST /api/admin/backfill': { ...administer, body: { unknown: 1 } },
  'GET /api/admin/backfill/[id]': { ...administer, path: `/api/admin/backfill/${NOBODY}` },
  'DELETE /api/admin/backfill/[id]': { ...administer, path: `/api/admin/backfill/${NOBODY}` },
  'POST /api/admin/accounts/[id]/category': {
    ...administer,
    path: `/api/admin/accounts/${NOBODY}/category`,
    body: { category: null, reason: 'a test' },
  },
  'POST /api/admin/accounts/[id]/end': {
    ...administer,
    path: `/api/admin/accounts/${NOBODY}/end`,
    body: { since: '2026-11-20', reason: 'a test' },
  },
  'GET /api/admin/coverage': administer,
  'GET /api/admin/coverage/export': administer,
  'GET /api/admin/coverage/users': administer,
  'GET /api/admin/coverage/users/[userId]': { ...administer, path: '/api/admin/coverage/users/:user' },
  'GET /api/admin/coverage/users/[userId]/[date]': {
    ...administer,
    path: '/api/admin/coverage/users/:user/2026-11-19',
  },
  'GET /api/admin/held-values': administer,
  'POST /api/admin/inbox': { ...administer, body: { item: 'nothing', action: 'assign' } },
  'POST /api/admin/reminders': {
    ...administer,
    body: { provider: 'snaptrade', institution: 'Nobody’s', reason: 'a test' },
  },
  'POST /api/admin/held-values/[id]': {
    ...administer,
    path: '/api/admin/held-values/999999999',
    body: { verdict: 'reject', reason: 'a test' },
  },
  'POST /api/admin/movements/[id]': {
    ...administer,
    path: '/api/admin/movements/999999999',
    body: { as: null, reason: 'a test' },
  },
  'POST /api/admin/users/[id]/estimates': {
    ...administer,
    path: `/api/admin/users/${NOBODY}/estimates`,
    body: { isAllowed: true, reason: 'a test' },
  },
  'GET /api/connections': read,
  'POST /api/connections/link': {
    access: 'owner',
    body: { reconnect: NOBODY },
    limit: 'link',
  },
  'GET /api/cron/backfill': { access: 'scheduler', limit: null },
  'GET /api/cron/capture': { access: 'scheduler', limit: null },
  'GET /api/cron/watch': { access: 'scheduler', limit: null },
  'GET /api/health': { access: 'anyone', limit: 'health' },
  'POST /api/portfolio/accounts/[id]/category': {
    access: 'owner',
    path: '/api/portfolio/accounts/:unnamed/category',
    body: { category: 'investment' },
    isOwned: true,
    limit: 'change',
  },
  'POST /api/portfolio/accounts/[id]/split': {
    access: 'owner',
    path: '/api/portfolio/accounts/:account/split',
    isOwned: true,
    limit: 'change',
  },
  'GET /api/portfolio/corrections': read,
  'GET /api/portfolio/export': { access: 'owner', path: '/api/portfolio/export?format=csv', limit: 'export' },
  'GET /api/portfolio/history': { ...read, path: '/api/portfolio/history?period=1W' },
  'GET /api/portfolio/imports': read,
  'POST /api/portfolio/imports': { access: 'owner', body: {}, limit: 'change' },
  'POST /api/portfolio/imports/preview': { access: 'owner', body: {}, limit: 'change' },
  'DELETE /api/portfolio/imports/[id]': {
    access: 'owner',
    path: '/api/portfolio/imports/:import',
    isOwned: true,
    limit: 'change',
  },
  'GET /api/portfolio/manual-accounts': read,
  'POST /api/portfolio/manual-accounts': { access: 'owner', body: {}, limit: 'change' },
  'DELETE /api/portfolio/manual-accounts/[id]': {
    access: 'owner',
    path: `/api/portfolio/manual-accounts/${NOBODY}`,
    limit: 'change',
  },
  'POST /api/portfolio/manual-accounts/[id]/end': {
    access: 'owner',
    path: `/api/portfolio/manual-accounts/${NOBODY}/end`,
    body: { since: null },
    limit: 'change',
  },
  'POST /api/portfolio/manual-accounts/[id]/values': {
    access: 'owner',
    path: `/api/portfolio/manual-accounts/${NOBODY}/values`,
    body: { date: '2026-11-16', value: '1' },
    limit: 'change',
  },
  'DELETE /api/portfolio/manual-accounts/[id]/values': {
    access: 'owner',
    path: `/api/portfolio/manual-accounts/${NOBODY}/values?date=2026-11-16`,
    limit: 'change',
  },
  'GET /api/portfolio/matches': read,
  'POST /api/portfolio/matches/[id]': {
    access: 'owner',
    path: '/api/portfolio/matches/:match',
    body: { confirm: true },
    isOwned: true,
    limit: 'change',
  },
  'POST /api/portfolio/movements/[id]': {
    access: 'owner',
    path: '/api/portfolio/movements/:movement',
    body: { as: { kind: 'deposit', amount: '5' } },
    isOwned: true,
    limit: 'change',
  },
  // Last of what is owned: everything else hangs on it.
  'DELETE /api/connections/[id]': {
    access: 'owner',
    path: '/api/connections/:connection',
    isOwned: true,
    limit: 'change',
  },
  'GET /api/session': { access: 'anyone', limit: null },
  'POST /api/snaptrade/capture-daily-snapshot': { access: 'api_key_or_owner', limit: 'fill' },
  'POST /api/snaptrade/fetch-reporting-history': {
    access: 'owner',
    body: { lookback_days: 0 },
    limit: 'fill',
  },
  'POST /api/unsubscribe': { access: 'signature', path: '/api/unsubscribe?token=none', limit: 'unsubscribe' },
  'POST /api/webhooks/plaid': { access: 'signature', body: {}, limit: null },
  'POST /api/webhooks/snaptrade': { access: 'signature', body: {}, limit: null },
  'GET /connections/return': {
    access: 'owner',
    path: '/connections/return?status=ABANDONED',
    limit: 'confirm_links',
  },
  'GET /connections/return/[provider]': {
    access: 'owner',
    path: '/connections/return/plaid',
    limit: 'confirm_links',
  },
  'GET /continue': { access: 'anyone', limit: null },

  'GET /api/user/export': { access: 'owner', limit: 'export' },
  'page /': { access: 'owner', limit: 'fill_on_view' },
  'page /data-quality': { access: 'owner', limit: null },
  'page /connections/import': { access: 'owner', limit: null },
  'page /connections': { access: 'owner', limit: 'confirm_links' },
  'page /settings': { access: 'owner', limit: null },
  'page /help': { access: 'anyone', limit: null },
  'page /privacy': { access: 'anyone', limit: null },
  'page /status': { access: 'anyone', limit: 'health' },
  'page /deleted': { access: 'anyone', limit: null },
  'page /sign-up': { access: 'visitor', limit: null },
  'page /forgot-password': { access: 'anyone', limit: null },
  'page /confirm': { access: 'anyone', path: '/confirm?type=signup&token_hash=none', limit: null },
  'page /unsubscribe': { access: 'anyone', path: '/unsubscribe?token=none', limit: null },
  'page /sign-in': { access: 'visitor', limit: null },
  'page /sign-in/second-factor': { access: 'owner', limit: null },
  'page /admin': adminPage,
  'page /admin/alerts': adminPage,
  'page /admin/reminders': adminPage,
  'page /admin/audit': adminPage,
  'page /admin/backfill': adminPage,
  'page /admin/backfill/[id]': { ...adminPage, path: `/admin/backfill/${NOBODY}` },
  'page /admin/coverage': adminPage,
  'page /admin/coverage/[userId]': { ...adminPage, path: '/admin/coverage/:user' },
  'page /admin/coverage/[userId]/[date]': { ...adminPage, path: '/admin/coverage/:user/2026-11-19' },
  'page /admin/runs': adminPage,
  'page /admin/runs/[id]': { ...adminPage, path: `/admin/runs/${NOBODY}` },

  'action saveNoteAction': { access: 'owner', limit: 'change' },
  'action signIn': { access: 'anyone', limit: 'sign_in_address' },
  'action signUpAction': { access: 'anyone', limit: 'mail' },
  'action sendRecoveryAction': { access: 'anyone', limit: 'mail' },
  'action unsubscribeAction': { access: 'anyone', limit: 'unsubscribe' },
  'action saveEstimatesAction': { access: 'owner', limit: 'change' },
  'action saveMessagesAction': { access: 'owner', limit: 'change' },
  'action confirmEmailAction': { access: 'anyone', limit: 'confirm_email' },
  'action signOut': { access: 'anyone', limit: null },
  'action startLinkAction': { access: 'owner', limit: 'link' },
  'action linkByKeysAction': { access: 'owner', limit: 'link' },
  'action checkLinksAction': { access: 'owner', limit: 'confirm_links' },
  'action unlinkAction': { access: 'owner', limit: 'change' },
  'action decideMatchAction': { access: 'owner', limit: 'change' },
  'action splitAccountAction': { access: 'owner', limit: 'change' },
  'action endAccountAction': { access: 'owner', limit: 'change' },
  'action addManualAccountAction': { access: 'owner', limit: 'change' },
  'action changeManualAccountAction': { access: 'owner', limit: 'change' },
  'action changePasswordAction': { access: 'owner', limit: 'password' },
  'action changeEmailAction': { access: 'owner', limit: 'password' },
  'action signOutEverywhereAction': { access: 'owner', limit: 'change' },
  'action deleteEverythingAction': { access: 'owner', limit: 'password' },
  'action enrolFactor': { access: 'owner', limit: 'second_factor' },
  'action verifyFactor': { access: 'owner', limit: 'second_factor' },
};
