import { redirect } from 'next/navigation';
import { z } from 'zod';
import { ConfirmForm } from '@/components/sign-in/confirm-form';
import { PageMain } from '@/components/ui/page-main';
import type { PageSearch } from '@/lib/http/query';
import { confirmEmailAction } from './actions';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Confirm', referrer: 'no-referrer' as const };

interface PageProps {
  readonly searchParams: Promise<PageSearch>;
}

const link = z.object({
  type: z.enum(['signup', 'recovery', 'email_change']),
  token_hash: z.string().min(1).max(200),
});

/** Where the links of our mail lead. */
export default async function ConfirmPage({ searchParams }: PageProps) {
  const parsed = link.safeParse(await searchParams);
  if (!parsed.success) redirect('/sign-in');
  return (
    <PageMain>
      <ConfirmForm action={confirmEmailAction} type={parsed.data.type} tokenHash={parsed.data.token_hash} />
    </PageMain>
  );
}
