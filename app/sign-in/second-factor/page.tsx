import { redirect } from 'next/navigation';
import { SecondFactorForm } from '@/components/second-factor-form';
import { PageMain } from '@/components/ui/page-main';
import { env } from '@/lib/env';
import { callerByCookie } from '@/lib/http/caller';
import { enrolFactor, verifyFactor } from './actions';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Second factor' };

/** Asks an administrator for the code of their authenticator, or to set one up, where `/admin` is closed without it. */
export default async function SecondFactorPage() {
  const caller = await callerByCookie(env());
  if (caller === null) redirect('/sign-in');
  if (!caller.lacksSecondFactor) redirect('/');
  const { data } = await caller.client.auth.mfa.listFactors();
  return (
    <PageMain>
      <SecondFactorForm factorId={data?.totp[0]?.id ?? null} enrol={enrolFactor} verify={verifyFactor} />
    </PageMain>
  );
}
