/*
 * Throws the embedded database away, with everything else in the data folder of `npm run dev`: npm run db:reset
 * The next start lays it out anew from the migrations. A database elsewhere is never touched.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf, readStatus } from '@/lib/local/status-file';

for (const file of ['.env.local', '.env']) if (existsSync(file)) process.loadEnvFile(file);
const dataDir = dataDirOf(process.env);

if (readStatus(dataDir) !== null) {
  process.stderr.write(`A stack runs over ${dataDir}. Stop it first.\n`);
  process.exitCode = 1;
} else if (existsSync(join(dataDir, 'secrets.json'))) {
  rmSync(dataDir, { recursive: true });
  process.stdout.write(`${dataDir} is gone. Start anew with: npm run dev\n`);
} else {
  // A folder without them is not ours, whatever DATA_DIR says.
  process.stdout.write(`There is no embedded database in ${dataDir}.\n`);
}
