import { ForgotPasswordForm } from '@/components/sign-in/forgot-password-form';
import { PageMain } from '@/components/ui/page-main';
import { sendRecoveryAction } from './actions';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Choose a new password' };

/** Asking for a link by which a forgotten password is replaced. */
export default function ForgotPasswordPage() {
  return (
    <PageMain>
      <ForgotPasswordForm action={sendRecoveryAction} />
    </PageMain>
  );
}
