import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { SettingsView } from '@/components/settings/settings-view';
import { readTheme, THEME_COOKIE } from '@/components/theme';
import { serviceClient } from '@/lib/db/clients';
import { MESSAGE_TOPICS } from '@/lib/domain/states';
import { env } from '@/lib/env';
import { readEstimatesPermission } from '@/lib/estimates/store';
import { signInPath } from '@/lib/http/address';
import { callerByCookie } from '@/lib/http/caller';
import { preferredLocale } from '@/lib/http/page';
import { readUnsubscribed } from '@/lib/messages/store';
import { PrivatePage } from '../private-page';
import {
  changeEmailAction,
  changePasswordAction,
  deleteEverythingAction,
  saveEstimatesAction,
  saveMessagesAction,
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
  const { viewer, email, userId } = caller;
  const client = serviceClient(env());
  const [unsubscribed, estimates] = await Promise.all([
    readUnsubscribed(client, userId),
    readEstimatesPermission(client, userId),
  ]);
  return (
    <PrivatePage caller={caller}>
      <SettingsView
        email={email}
        viewer={viewer}
        messages={{
          isSent: env().SMTP_URL !== undefined,
          wanted: MESSAGE_TOPICS.filter((topic) => !unsubscribed.includes(topic)),
        }}
        estimates={estimates}
        locale={preferredLocale(await headers())}
        theme={readTheme((await cookies()).get(THEME_COOKIE)?.value)}
        actions={{
          changeEmail: changeEmailAction.bind(null, viewer),
          changePassword: changePasswordAction.bind(null, viewer),
          saveEstimates: saveEstimatesAction.bind(null, viewer),
          saveMessages: saveMessagesAction.bind(null, viewer),
          signOutEverywhere: signOutEverywhereAction.bind(null, viewer),
          deleteEverything: deleteEverythingAction.bind(null, viewer),
        }}
      />
    </PrivatePage>
  );
}
