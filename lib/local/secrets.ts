import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateApiKey } from '@supabase/lite';
import { z } from 'zod';

const schema = z.object({
  publishableKey: z.string(),
  secretKey: z.string(),
  jwtSecret: z.string().min(32),
  databasePassword: z.string().min(16),
  cronSecret: z.string().min(16),
  apiKey: z.string().min(16),
  credentialsKey: z.string(),
});

/** The secrets of one embedded stack. */
export type StackSecrets = z.infer<typeof schema>;

/** The stack's secrets: made on first use, kept in the data folder, each replaceable from the environment. */
export async function readSecrets(dataDir: string, environment: NodeJS.ProcessEnv): Promise<StackSecrets> {
  const file = join(dataDir, 'secrets.json');
  const kept = existsSync(file)
    ? schema.parse(JSON.parse(readFileSync(file, 'utf8')))
    : await createSecrets(file);
  return {
    ...kept,
    cronSecret: environment['CRON_SECRET'] || kept.cronSecret,
    apiKey: environment['CAPTURE_API_KEY'] || kept.apiKey,
    credentialsKey: environment['CREDENTIALS_KEY'] || kept.credentialsKey,
  };
}

async function createSecrets(file: string): Promise<StackSecrets> {
  const random = (bytes: number): string => randomBytes(bytes).toString('hex');
  const secrets: StackSecrets = {
    publishableKey: (await generateApiKey('publishable')).key,
    secretKey: (await generateApiKey('secret')).key,
    jwtSecret: random(32),
    databasePassword: random(16),
    cronSecret: random(24),
    apiKey: random(24),
    credentialsKey: randomBytes(32).toString('base64'),
  };
  writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}
