import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { createBulkUsers } from './demo/bulk-users';
import { createDemo, DEMO_KEYS, DEMO_NOTICE, DEMO_PASSWORD } from './demo/scenario';
import { seedBulkUsers, seedDemo } from './demo/seed';
import { startMailReceiver } from './mail-receiver';
import { createMailbox, MAILBOX_PATH } from './mailbox';
import { findFreePort } from './ports';
import { startPostgresCluster } from './postgres-cluster';
import { type ScenarioInput, startSandbox } from './sandbox';
import { readSecrets, type StackSecrets } from './secrets';
import type { StackUser } from './status-file';
import { type ApiKeys, prepareDatabase, startSupabaseApi } from './supabase-api';

/** What stands in for outside services on a developer's machine. */
export interface Stack {
  /** The environment of the app, where the caller's own environment does not say otherwise. */
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: StackSecrets;
  readonly supabaseUrl: string;
  /** Where the mail is shown that would have been sent. */
  readonly mailboxUrl: string;
  readonly sandboxUrl: string;
  /** Opens the sandbox's control path until the stack stops. */
  readonly sandboxControlSecret: string;
  readonly users: readonly StackUser[];
  stop(): Promise<void>;
}

/** Whom the sandbox takes the app for, and by which key it signs its webhooks. */
export const SANDBOX_KEYS = { clientId: 'SANDBOX-CLIENT', consumerKey: 'sandbox-consumer-key' };
const DATABASE = 'postgres';

/** Minutes after a close until its trading day is due, as the worker has it. */
const SETTLE_MINUTES = 30;

/** Starts the embedded database, its Supabase API and the sandbox brokerage; makes the demo on the first start. */
export async function startStack(
  dataDir: string,
  environment: NodeJS.ProcessEnv,
  appUrl: string,
  { durable }: { readonly durable: boolean },
): Promise<Stack> {
  const secrets = await openDataDir(dataDir, environment);
  const cluster = await startPostgresCluster({
    dataDir: join(dataDir, 'postgres'),
    port: await findFreePort(),
    password: secrets.databasePassword,
    durable,
  });
  const closers: (() => Promise<void>)[] = [() => cluster.stop()];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const databaseUrl = cluster.databaseUrl(DATABASE);
    const keys: ApiKeys = secrets;
    await prepareDatabase(databaseUrl, keys);
    const mailbox = createMailbox();
    const api = await startSupabaseApi(databaseUrl, 0, keys, { mailbox, siteUrl: appUrl });
    closers.push(() => api.close());
    const receiver = await startMailReceiver((mail) => mailbox.send(mail));
    closers.push(() => receiver.close());

    const latest = latestClosedSession(new Date(), SETTLE_MINUTES);
    const demoFile = join(dataDir, 'sandbox.json');
    const demo = createDemo(latest);
    const bulkUsers = createBulkUsers(latest);
    const scenario: ScenarioInput = {
      ...demo.scenario,
      users: [
        ...(demo.scenario.users ?? []),
        ...bulkUsers.map(({ login, connections }) => ({ ...login, connections: [...connections] })),
      ],
    };
    if (!existsSync(demoFile)) {
      const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
      try {
        // A first start that was cut short is begun anew.
        await sql`delete from auth.users where email = any (${[...demo.users, ...bulkUsers].map((user) => user.email)})`;
        const options = {
          sql,
          supabaseUrl: api.url,
          keys,
          credentialsKey: secrets.credentialsKey,
          latest,
          now: new Date(),
        };
        await seedDemo(demo, options);
        await seedBulkUsers(bulkUsers, { firstDay: demo.firstDay, scenario }, options);
      } finally {
        await sql.end();
      }
      writeScenario(demoFile, scenario);
    }
    const sandboxControlSecret = randomBytes(24).toString('hex');
    const sandbox = await startSandbox({
      ...SANDBOX_KEYS,
      controlSecret: sandboxControlSecret,
      port: 0,
      // A demo of before there was an account at Alpaca gets one.
      scenario: { alpacaAccounts: scenario.alpacaAccounts, ...JSON.parse(readFileSync(demoFile, 'utf8')) },
      // What users link and mend is still there after a restart, as it would be at a real provider.
      onScenarioChange: (scenario) => writeScenario(demoFile, scenario),
    });
    closers.push(() => sandbox.close());

    return {
      secrets,
      supabaseUrl: api.url,
      mailboxUrl: `${api.url}${MAILBOX_PATH}`,
      sandboxUrl: sandbox.url,
      sandboxControlSecret,
      users: demo.users.map(({ email, role, story }) => ({ email, password: DEMO_PASSWORD, role, story })),
      environment: {
        NEXT_PUBLIC_SUPABASE_URL: api.url,
        NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
        SUPABASE_SECRET_KEY: keys.secretKey,
        CRON_SECRET: secrets.cronSecret,
        CAPTURE_API_KEY: secrets.apiKey,
        CREDENTIALS_KEY: secrets.credentialsKey,
        SNAPTRADE_CLIENT_ID: SANDBOX_KEYS.clientId,
        SNAPTRADE_CONSUMER_KEY: SANDBOX_KEYS.consumerKey,
        SNAPTRADE_BASE_URL: sandbox.url,
        ALPACA_API_KEY_ID: SANDBOX_KEYS.clientId,
        ALPACA_API_SECRET_KEY: SANDBOX_KEYS.consumerKey,
        ALPACA_DATA_BASE_URL: sandbox.url,
        PLAID_CLIENT_ID: SANDBOX_KEYS.clientId,
        PLAID_SECRET: SANDBOX_KEYS.consumerKey,
        PLAID_BASE_URL: `${sandbox.url}/plaid`,
        ALPACA_OAUTH_CLIENT_ID: SANDBOX_KEYS.clientId,
        ALPACA_OAUTH_CLIENT_SECRET: SANDBOX_KEYS.consumerKey,
        ALPACA_OAUTH_BASE_URL: sandbox.url,
        ALPACA_LINKING: 'true',
        ALPACA_TRADING_BASE_URL: sandbox.url,
        DEMO_ACCOUNT_KEYS: `key ID ${DEMO_KEYS.keyId}, secret key ${DEMO_KEYS.secretKey}`,
        ECB_DATA_BASE_URL: sandbox.url,
        BENCHMARK_SOURCE: 'real S&P 500 prices of 2012 to 2019, replayed',
        SMTP_URL: receiver.url,
        MAIL_FROM: 'Portfolio History <mail@portfolio.example>',
        SIGN_UP: 'open',
        DATA_NOTICE: DEMO_NOTICE,
        DEMO_USERS: JSON.stringify(
          demo.users.map(({ email, story }) => ({ email, password: DEMO_PASSWORD, story })),
        ),
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In one step, so that a process that is killed while it writes leaves a whole file behind. */
function writeScenario(file: string, scenario: ScenarioInput): void {
  writeFileSync(`${file}.new`, JSON.stringify(scenario, null, 2));
  renameSync(`${file}.new`, file);
}

/** Makes the data folder ready and reads its secrets, or says in a plain sentence why it cannot be used. */
async function openDataDir(dataDir: string, environment: NodeJS.ProcessEnv): Promise<StackSecrets> {
  try {
    mkdirSync(dataDir, { recursive: true });
    // The database server runs as another user when we are root, and has to pass through this folder.
    chmodSync(dataDir, 0o755);
    return await readSecrets(dataDir, environment);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The data folder ${dataDir} cannot be used. If it is broken, remove it and start again: its demo data is made anew; ` +
        `or choose another with DATA_DIR.\n${why}`,
      { cause: error },
    );
  }
}
