import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { SettingsView } from '@/components/settings/settings-view';
import { readTheme, THEME_COOKIE } from '@/components/theme';
import { env } from '@/lib/env';
import { signInPath } from '@/lib/http/address';
import { callerByCookie } from '@/lib/http/caller';
import { PrivatePage } from '../private-page';
import {
  changeEmailAction,
  changePasswordAction,
  deleteEverythingAction,
  signOutEverywhereAction,
} from './actions';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Settings' };
// Deleting lets the provider forget the user, before and after the answer.
export const maxDuration = 60;

/** How the signed-in user signs in, and what is stored about them. */
export default async function SettingsPage() {
  const caller = await callerByCookie(env());
  if (caller === null) redirect(signInPath('/settings'));
  const { viewer, email } = caller;
  return (
    <PrivatePage caller={caller}>
      <SettingsView
        email={email}
        viewer={viewer}
        theme={readTheme((await cookies()).get(THEME_COOKIE)?.value)}
        actions={{
          changeEmail: changeEmailAction.bind(null, viewer),
          changePassword: changePasswordAction.bind(null, viewer),
          signOutEverywhere: signOutEverywhereAction.bind(null, viewer),
          deleteEverything: deleteEverythingAction.bind(null, viewer),
        }}
      />
    </PrivatePage>
  );
}
