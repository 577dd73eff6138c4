import { dataDirOf, readStatus } from './status-file';

/** Prints the running stack as JSON, for people and scripts. */
const dataDir = dataDirOf(process.env);
const status = readStatus(dataDir);
if (status === null) {
  process.stderr.write(`Nothing runs over ${dataDir}. Start it with: npm run dev\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
}
