import { notFound, redirect } from 'next/navigation';
import { SignUpForm } from '@/components/sign-in/sign-up-form';
import { PageMain } from '@/components/ui/page-main';
import { env } from '@/lib/env';
import { callerByCookie } from '@/lib/http/caller';
import { signUpAction } from './actions';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Create an account' };

/** Making a user of one's own, where the operator lets strangers do so. */
export default async function SignUpPage() {
  if (env().SIGN_UP === 'closed') notFound();
  if ((await callerByCookie(env())) !== null) redirect('/');
  return (
    <PageMain>
      <SignUpForm action={signUpAction} />
    </PageMain>
  );
}
