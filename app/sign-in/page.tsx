import { redirect } from 'next/navigation';
import { SignInForm } from '@/components/sign-in-form';
import { PageMain } from '@/components/ui/page-main';
import { demoUsers } from '@/lib/config/demo-users';
import { env } from '@/lib/config/env';
import { callerByCookie } from '@/lib/http/caller';
import { signIn } from '../actions';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Sign in' };

export default async function SignInPage() {
  if ((await callerByCookie(env())) !== null) redirect('/');
  return (
    <PageMain>
      <SignInForm action={signIn} demoUsers={demoUsers(env())} />
    </PageMain>
  );
}
