import Link from 'next/link';
import { Part, PublicPage } from '../public-page';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Privacy' };

const LINK = 'text-accent underline underline-offset-4';

/** What is stored about a user, who sees it, and how to take it along or have it deleted. */
export default function PrivacyPage() {
  return (
    <PublicPage title="Privacy">
      <Part title="What we store">
        <ul className="list-disc space-y-1 pl-5">
          <li>Your e-mail address, and your password as a hash.</li>
          <li>
            Your connections and accounts: their names, currencies, and the values and movements of money that
            your brokers report; what you add yourself, such as statements and notes.
          </li>
          <li>Access to your brokers, encrypted. It is only used to read.</li>
          <li>Which e-mails we sent you, of what kind and when; and which kinds you do not want.</li>
          <li>A log of what administrators did and whose values they looked at, and one of requests.</li>
        </ul>
      </Part>
      <Part title="Who sees it">
        <p>
          You, and the administrators of this service, who look at values where one is in doubt. Your data
          pass through the service that links your broker and the host of our database; messages to you, which
          hold no amounts, pass through our mail server. There is no advertising, no tracking and no script of
          anybody else on these pages.
        </p>
      </Part>
      <Part title="Cookies">
        <p>
          One keeps you signed in. Two remember choices of yours, if you make them: colours, and whether
          amounts are hidden.
        </p>
      </Part>
      <Part title="Taking it along, deleting it">
        <p>
          Under{' '}
          <Link href="/settings" className={LINK}>
            Settings
          </Link>{' '}
          you can download everything that is stored about you, and delete all of it for good, here and at the
          service that links your broker. You get a receipt.
        </p>
      </Part>
    </PublicPage>
  );
}
