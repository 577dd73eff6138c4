/*
 * Encrypts all stored credentials with the first key of CREDENTIALS_KEY, whichever of its keys they are encrypted with:
 * npm run rotate-keys. In the Supabase project of the environment; without one, in the stack that `npm run dev` runs. The product may run
 * meanwhile, if it has the same keys.
 */
import { existsSync } from 'node:fs';
import { rotateCredentials } from '@/lib/connections/rotate-credentials';
import { serviceClient } from '@/lib/db/clients';
import { parseEnv } from '@/lib/env';
import { readSecrets } from '@/lib/local/secrets';
import { dataDirOf, readStatus } from '@/lib/local/status-file';

async function main(): Promise<void> {
  const { client, keys } = await settingsOf(process.env);
  const { rewritten, unreadable } = await rotateCredentials(client, keys);
  process.stdout.write(`${rewritten} credentials were encrypted with the first key.\n`);
  if (unreadable.length > 0)
    throw new Error(
      `None of the keys opens ${unreadable.length} credentials; they were left alone:\n${unreadable.join('\n')}`,
    );
  process.stdout.write('All of them are: the other keys may go.\n');
}

async function settingsOf(environment: NodeJS.ProcessEnv) {
  if (environment['NEXT_PUBLIC_SUPABASE_URL']) {
    const env = parseEnv(environment);
    return { client: serviceClient(env), keys: env.CREDENTIALS_KEY };
  }
  const dataDir = dataDirOf(environment);
  const status = readStatus(dataDir);
  if (status === null)
    throw new Error('No Supabase project is configured and no stack runs. Start it with: npm run dev');
  const project = {
    NEXT_PUBLIC_SUPABASE_URL: status.supabaseUrl,
    NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: status.publishableKey,
    SUPABASE_SECRET_KEY: status.secretKey,
  };
  const { credentialsKey } = await readSecrets(dataDir, environment);
  return { client: serviceClient(project), keys: credentialsKey };
}

for (const file of ['.env.local', '.env']) if (existsSync(file)) process.loadEnvFile(file);
main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
