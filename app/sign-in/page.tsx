import { redirect } from 'next/navigation';
import { SignInForm } from '@/components/sign-in/sign-in-form';
import { PageMain } from '@/components/ui/page-main';
import { demoUsers } from '@/lib/demo-users';
import { env } from '@/lib/env';
import { readNextPath } from '@/lib/http/address';
import { callerByCookie } from '@/lib/http/caller';
import type { PageSearch } from '@/lib/http/query';
import { signIn } from '../actions';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Sign in' };

interface PageProps {
  readonly searchParams: Promise<PageSearch>;
}

/** Signing in; `next` in the address says where to go on. */
export default async function SignInPage({ searchParams }: PageProps) {
  const next = readNextPath((await searchParams).next);
  if ((await callerByCookie(env())) !== null) redirect(next);
  return (
    <PageMain>
      <SignInForm
        action={signIn}
        next={next}
        isSignUpOpen={env().SIGN_UP === 'open'}
        demoUsers={demoUsers(env())}
      />
    </PageMain>
  );
}
