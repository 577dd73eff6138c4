import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { App } from '@supabase/lite';
import { createPostgresConnection, type PostgresConnection } from '@supabase/lite/postgres';
import postgres, { type Sql } from 'postgres';
import { MAILBOX_PATH, type Mailbox } from './mailbox';
import { applyMigrations, createApiRoles } from './migrations';

/** Keys of the embedded Supabase API, shaped as hosted Supabase shapes them. */
export interface ApiKeys {
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly jwtSecret: string;
}

export interface SupabaseApi {
  readonly url: string;
  close(): Promise<void>;
}

/** As `supabase/config.toml` has it. */
const PASSWORD_MIN = 8;

/** `jsonb` arguments would otherwise arrive encoded twice, once by the API and once by the driver. */
const JSONB_ONCE = {
  to: 3802,
  from: [3802],
  serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
  parse: (text: string): unknown => JSON.parse(text),
};

/**
 * The API would grant every role everything on its first request, leaving only the row policies in force. Hosted Supabase
 * grants nothing, so that step is marked as done before it can happen.
 */
function connect(databaseUrl: string): PostgresConnection {
  const connection = createPostgresConnection({
    url: databaseUrl,
    postgresOptions: { types: { jsonb: JSONB_ONCE }, onnotice: () => {} },
  });
  Object.assign(connection, { rlsState: 'active' });
  return connection;
}

/** How long a statement may run, as hosted Supabase ends it. */
interface StatementLimits {
  /** By role; a role without a limit of its own has that of the role by which the API signs in. */
  readonly roles: ReadonlyMap<string, string>;
  /** By function: those that set `statement_timeout` for themselves. */
  readonly functions: ReadonlyMap<string, string>;
}

/** What the role by which hosted Supabase's API signs in has; the service role's requests have no other limit. */
const AUTHENTICATOR_TIMEOUT = '8s';

async function readLimits(databaseUrl: string): Promise<StatementLimits> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const rows = await sql<{ kind: 'role' | 'function'; name: string; timeout: string }[]>`
      select 'role' as kind, r.rolname as name, split_part(setting, '=', 2) as timeout
      from pg_roles r cross join unnest(r.rolconfig) setting where setting like 'statement_timeout=%'
      union all
      select 'function', p.proname, split_part(setting, '=', 2)
      from pg_proc p cross join unnest(p.proconfig) setting
      where p.pronamespace = 'public'::regnamespace and setting like 'statement_timeout=%'`;
    const of = (kind: string) =>
      new Map(rows.filter((row) => row.kind === kind).map(({ name, timeout }) => [name, timeout]));
    return { roles: of('role'), functions: of('function') };
  } finally {
    await sql.end();
  }
}

/**
 * Sets a limit before each statement, as PostgREST does: that of the request's role, and for a call of a function the one that
 * the function sets for itself. Left to the function alone, the setting would come too late, since Postgres starts the clock
 * with the statement that calls it.
 */
function limitStatements(connection: PostgresConnection, { roles, functions }: StatementLimits): void {
  const withContext = connection.withContext.bind(connection);
  connection.withContext = (vars, run, options) =>
    withContext(
      vars,
      async (db) => {
        const called = options?.rpc?.path.split('/').at(-1) ?? '';
        const timeout = functions.get(called) ?? roles.get(roleOf(vars)) ?? AUTHENTICATOR_TIMEOUT;
        await db
          .selectNoFrom((is) =>
            is.fn('set_config', [is.val('statement_timeout'), is.val(timeout), is.val(true)]).as('timeout'),
          )
          .execute();
        return run(db);
      },
      options,
    );
}

function roleOf(vars: Parameters<PostgresConnection['withContext']>[0]): string {
  const auth: { readonly role?: unknown } = vars?.auth ?? {};
  return typeof auth.role === 'string' ? auth.role : 'anon';
}

/** Without a peer address the API's administrator mode stays closed: a request without a key is refused, as in production. */
const NOT_LOCAL = { peerAddress: null };

/** How the Auth server sends mail: addresses are then confirmed by a link, else they are believed. */
export interface ApiMail {
  readonly mailbox: Mailbox;
  /** Where the product runs, to which links lead. */
  readonly siteUrl: string;
}

/** What hosted Supabase serves of this too. */
const SERVED = /^\/(?:rest|auth)\/v1(?:\/|$)/;

/**
 * The API has more to tell than hosted Supabase does: `/_system` tells anybody on this machine how to reach the database
 * as its superuser. So only what the product uses is passed on, under the very path that was looked at.
 */
async function answer(app: App, mailbox: Mailbox | null, request: Request): Promise<Response> {
  const { pathname, href } = new URL(request.url);
  if (mailbox !== null && pathname === MAILBOX_PATH) return mailbox.show();
  if (!SERVED.test(pathname)) return Response.json({ message: 'not found' }, { status: 404 });
  return app.fetch(href === request.url ? request : new Request(href, request), NOT_LOCAL);
}

/** Brings a database to the state that the API expects: roles, the auth schema, then our migrations (or what `apply` does). */
export async function prepareDatabase(
  databaseUrl: string,
  keys: ApiKeys,
  apply: (sql: Sql) => Promise<readonly string[]> = applyMigrations,
): Promise<readonly string[]> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const connection = connect(databaseUrl);
  try {
    await createApiRoles(sql);
    await createApp(connection, keys, null).ensureSystemSchema();
    await sql.unsafe('grant usage on schema auth to anon, authenticated, service_role');
    return await apply(sql);
  } finally {
    await connection.close();
    await sql.end();
  }
}

/** Serves `/rest/v1` and `/auth/v1` over a prepared database. Port 0 takes any free one. */
export async function startSupabaseApi(
  databaseUrl: string,
  port: number,
  keys: ApiKeys,
  mail: ApiMail | null = null,
): Promise<SupabaseApi> {
  const connection = connect(databaseUrl);
  limitStatements(connection, await readLimits(databaseUrl));
  const app = createApp(connection, keys, mail);
  await app.init();
  const { server, url } = await listen((request) => answer(app, mail?.mailbox ?? null, request), port);
  return {
    url,
    close: async () => {
      // In this order, so that no connection can come in between and be waited for until it times out.
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await connection.close();
    },
  };
}

function createApp(connection: PostgresConnection, keys: ApiKeys, mail: ApiMail | null): App {
  return new App({
    connection,
    auth: {
      enabled: true,
      enable_signup: true,
      minimum_password_length: PASSWORD_MIN,
      site_url: mail?.siteUrl ?? 'http://127.0.0.1',
      jwt_secret: keys.jwtSecret,
      publishable_key: keys.publishableKey,
      secret_key: keys.secretKey,
      email: { enable_confirmations: mail !== null, double_confirm_changes: false, template: TEMPLATES },
    },
    ...(mail === null ? {} : { options: { drivers: { email: mail.mailbox } } }),
  });
}

/** As `supabase/config.toml` names them. */
const TEMPLATES = {
  confirmation: template('Confirm your e-mail address', 'confirmation'),
  recovery: template('Choose a new password', 'recovery'),
  email_change: template('Confirm your new e-mail address', 'email_change'),
};

function template(subject: string, name: string) {
  const file = new URL(`../../supabase/templates/${name}.html`, import.meta.url);
  return { subject, content_path: fileURLToPath(file) };
}

async function listen(
  fetch: (request: Request) => Promise<Response>,
  port: number,
): Promise<{ server: Server; url: string }> {
  return new Promise((resolve, reject) => {
    const server = serve({ port, hostname: '127.0.0.1', fetch }, (info) =>
      resolve({ server: server as Server, url: `http://127.0.0.1:${info.port}` }),
    );
    server.on('error', reject);
  });
}
