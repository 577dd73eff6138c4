import { headers } from 'next/headers';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { ImportView } from '@/components/imports/import-view';
import { env } from '@/lib/env';
import { signInPath } from '@/lib/http/address';
import { callerByCookie } from '@/lib/http/caller';
import { preferredLocale } from '@/lib/http/page';
import { readImportAccounts, readImports } from '@/lib/imports/store';
import { PrivatePage } from '../../private-page';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Add past values from a file' };

/** Where the signed-in user adds past values from their statements, and takes that back. */
export default async function ImportPage() {
  const caller = await callerByCookie(env());
  if (caller === null) redirect(signInPath('/connections/import'));
  const { client, userId } = caller;
  const [accounts, imports] = await Promise.all([
    readImportAccounts(client, userId),
    readImports(client, userId),
  ]);
  return (
    <PrivatePage caller={caller}>
      <p className="mb-6 text-sm">
        <Link
          href="/connections"
          className="inline-block py-1 text-accent underline-offset-4 hover:underline"
        >
          Back to the connections
        </Link>
      </p>
      <ImportView accounts={accounts} imports={imports} locale={preferredLocale(await headers())} />
    </PrivatePage>
  );
}
