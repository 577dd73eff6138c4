import 'server-only';
import { z } from 'zod';
import { areKeys } from '@/lib/credentials';
import type { ReconcileRules } from '@/lib/domain/reconcile/evidence';
import { DEFAULT_RECONCILE_RULES } from '@/lib/domain/reconcile/reconcile';
import type { CapturePromise } from '@/lib/domain/schedule';

const secret = z.string().min(16, 'must have at least 16 characters');
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** Alerts say what is broken, so they travel encrypted, or stay on the machine. */
const alertAddress = z
  .url()
  .refine(
    (text) => /^https:/.test(text) || /^http:\/\/(localhost|127\.0\.0\.1)[:/]/.test(text),
    'must begin with https://',
  );

/** Messages to users name their brokers, so they travel encrypted, or stay on the machine. */
const mailServer = z
  .url()
  .refine((text) => /^smtps?:\/\/[^/]/.test(text), 'must begin with smtps:// or smtp://');

/** An address, or a name and an address, as a header takes it. */
const sender = z
  .string()
  .max(320)
  .regex(
    /^(?:[^<>"\r\n]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/,
    'must be an address such as Portfolio History <mail@example.com>',
  );

const variables = z.object({
  NEXT_PUBLIC_SUPABASE_URL: z.url(),
  NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: z.string().min(1),
  SUPABASE_SECRET_KEY: z.string().min(1),
  CRON_SECRET: secret,
  CAPTURE_API_KEY: secret.optional(),
  CREDENTIALS_KEY: z
    .string()
    .refine(
      areKeys,
      'must be 32 bytes in base64 (openssl rand -base64 32), or several such keys with commas',
    ),
  SNAPTRADE_CLIENT_ID: z.string().min(1),
  SNAPTRADE_CONSUMER_KEY: z.string().min(1),
  SNAPTRADE_BASE_URL: z.url().optional(),
  SNAPTRADE_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(250),
  SNAPTRADE_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(20_000),
  SNAPTRADE_LEGACY_REPORTING: flag,
  SNAPTRADE_REFRESH_AFTER_CLOSE: flag,
  PRE_OPEN_RECHECK: flag,
  JUDGE_SWING_FACTOR_MAX: z.coerce.number().gt(1).max(1_000).default(DEFAULT_RECONCILE_RULES.swingFactorMax),
  JUDGE_ZERO_SHARE_MAX: z.coerce.number().gt(0).max(1).default(DEFAULT_RECONCILE_RULES.zeroShareMax),
  ADMIN_SECOND_FACTOR: flag,
  COVERAGE_TARGET: z.coerce.number().gt(0).max(1).default(0.995),
  COVERAGE_DEADLINE: z
    .string()
    .regex(/^(1[6-9]|2[0-3]):[0-5]\d$/, 'must be a time in New York after the close, 16:00 to 23:59')
    .default('20:00'),
  ALPACA_API_KEY_ID: z.string().min(1).optional(),
  ALPACA_API_SECRET_KEY: z.string().min(1).optional(),
  ALPACA_LINKING: flag,
  ALPACA_OAUTH_CLIENT_ID: z.string().min(1).optional(),
  ALPACA_OAUTH_CLIENT_SECRET: z.string().min(1).optional(),
  ALPACA_OAUTH_BASE_URL: z.url().optional(),
  ALPACA_TRADING_BASE_URL: z.url().optional(),
  ALPACA_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(600),
  ALPACA_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(20_000),
  PLAID_CLIENT_ID: z.string().min(1).optional(),
  PLAID_SECRET: z.string().min(1).optional(),
  PLAID_BASE_URL: z.url().optional(),
  PLAID_COUNTRIES: z
    .string()
    .regex(/^[A-Z]{2}(,[A-Z]{2})*$/, 'must be countries of two letters each, such as US,CA')
    .default('US'),
  PLAID_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).max(100_000).default(1_000),
  PLAID_TIMEOUT_MS: z.coerce.number().int().min(100).max(120_000).default(30_000),
  ALPACA_DATA_BASE_URL: z.url().default('https://data.alpaca.markets'),
  ECB_DATA_BASE_URL: z.url().default('https://data-api.ecb.europa.eu'),
  BENCHMARK_SOURCE: z.string().min(1).max(120).default('SPY, Alpaca'),
  LIVE_REFRESH_MINUTES: z.coerce.number().int().min(10).max(1_440).default(10),
  FILL_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(8),
  FILL_TIME_LIMIT_SECONDS: z.coerce.number().int().min(5).max(800).default(240),
  ALERT_WEBHOOK_URL: alertAddress.optional(),
  ALERT_WEBHOOK_SECRET: secret
    .refine(
      (text) => !text.startsWith('whsec_') || z.base64().safeParse(text.slice(6)).success,
      'must have base64 after whsec_',
    )
    .optional(),
  SMTP_URL: mailServer.optional(),
  MAIL_FROM: sender.optional(),
  APP_URL: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  OTEL_SERVICE_NAME: z.string().default('portfolio-history'),
  SIGN_UP: z.enum(['open', 'closed']).default('closed'),
  DEMO_USERS: z.string().optional(),
  DEMO_ACCOUNT_KEYS: z.string().max(200).optional(),
  DATA_NOTICE: z.string().optional(),
});

/** Hosts of this deployment, as Vercel names them by itself. */
const platform = z.object({
  VERCEL_URL: z.string().optional(),
  VERCEL_BRANCH_URL: z.string().optional(),
  VERCEL_PROJECT_PRODUCTION_URL: z.string().optional(),
});

/** Variables that mean something only together, by what they are of. */
const PAIRS = [
  ['ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET', 'the webhook'],
  ['SMTP_URL', 'MAIL_FROM', 'the mail'],
  ['PLAID_CLIENT_ID', 'PLAID_SECRET', 'Plaid'],
  ['ALPACA_OAUTH_CLIENT_ID', 'ALPACA_OAUTH_CLIENT_SECRET', 'Alpaca’s OAuth'],
] as const;

const schema = variables.extend(platform.shape).superRefine((given, context) => {
  for (const [first, second, of] of PAIRS) {
    if ((given[first] === undefined) === (given[second] === undefined)) continue;
    const path = [given[first] === undefined ? first : second];
    context.addIssue({ code: 'custom', path, message: `is missing: set both of ${of}, or neither` });
  }
});

/** The checked environment; the README says what each variable is for. */
export type Env = z.infer<typeof schema>;

/** Reads the environment, or throws one message that names every variable that is missing or wrong, never its value. */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  // A variable that is set to nothing is a variable that was forgotten.
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.');
    return `  ${name}: ${name in given ? issue.message : 'is missing'}`;
  });
  throw new Error(`The environment is incomplete:\n${faults.join('\n')}`);
}

let checked: Env | undefined;

/** What the operator demands of a capture. */
export function capturePromise({ COVERAGE_TARGET, COVERAGE_DEADLINE }: Env): CapturePromise {
  return { target: COVERAGE_TARGET, deadline: COVERAGE_DEADLINE };
}

/** From where on evidence needs an explanation. */
export function reconcileRules({ JUDGE_SWING_FACTOR_MAX, JUDGE_ZERO_SHARE_MAX }: Env): ReconcileRules {
  return { swingFactorMax: JUDGE_SWING_FACTOR_MAX, zeroShareMax: JUDGE_ZERO_SHARE_MAX };
}

/** The process's own environment, checked once. */
export function env(): Env {
  checked ??= parseEnv(process.env);
  return checked;
}

/** An incomplete environment stops the process when it starts, with a clear message, and not at the first request. */
export function stopUnlessConfigured(): void {
  try {
    env();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
