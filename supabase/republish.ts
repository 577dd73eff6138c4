/*
 * Draws all conclusions anew from the evidence, after a rule has changed: npm run republish, or for one user npm run republish --
 * <user id>. In the Supabase project of the environment; without one, in the stack that `npm run dev` runs.
 */
import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { DEFAULT_RECONCILE_RULES } from '@/lib/domain/reconcile/reconcile';
import { parseEnv, reconcileRules } from '@/lib/env';
import { republish } from '@/lib/fill/republish';
import { dataDirOf, readStatus } from '@/lib/local/status-file';

const user = z.uuid().optional();

async function main(userId: string | null): Promise<void> {
  const { client, rules } = settingsOf(process.env);
  const { accounts, days } = await republish(client, userId, new Date(), rules);
  process.stdout.write(`${accounts} accounts were reconciled, and ${days} published days changed.\n`);
}

function settingsOf(environment: NodeJS.ProcessEnv) {
  if (environment['NEXT_PUBLIC_SUPABASE_URL']) {
    const env = parseEnv(environment);
    return { client: serviceClient(env), rules: reconcileRules(env) };
  }
  const status = readStatus(dataDirOf(environment));
  if (status === null)
    throw new Error('No Supabase project is configured and no stack runs. Start it with: npm run dev');
  const keys = {
    NEXT_PUBLIC_SUPABASE_URL: status.supabaseUrl,
    NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: status.publishableKey,
    SUPABASE_SECRET_KEY: status.secretKey,
  };
  return { client: serviceClient(keys), rules: DEFAULT_RECONCILE_RULES };
}

main(user.parse(process.argv[2]) ?? null).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
