import { redirect } from 'next/navigation';
import { ConfirmForm } from '@/components/sign-in/confirm-form';
import { SiteHeader } from '@/components/site-header';
import { PageMain } from '@/components/ui/page-main';
import type { PageSearch } from '@/lib/http/query';
import { confirmation } from '@/lib/http/sign-in';
import { signOut } from '../actions';
import { confirmEmailAction } from './actions';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Confirm', referrer: 'no-referrer' as const };

interface PageProps {
  readonly searchParams: Promise<PageSearch>;
}

/** Where the links of our mail lead. */
export default async function ConfirmPage({ searchParams }: PageProps) {
  const { type, token_hash: tokenHash } = await searchParams;
  const parsed = confirmation.safeParse({ type, tokenHash });
  if (!parsed.success) redirect('/sign-in');
  return (
    <>
      <SiteHeader email={null} signOut={signOut} />
      <PageMain>
        <ConfirmForm action={confirmEmailAction} type={parsed.data.type} tokenHash={parsed.data.tokenHash} />
      </PageMain>
    </>
  );
}
