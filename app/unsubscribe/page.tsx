import { UnsubscribeForm } from '@/components/messages/unsubscribe-form';
import { env } from '@/lib/env';
import type { PageSearch } from '@/lib/http/query';
import { readUnsubscribeToken } from '@/lib/messages/unsubscribe';
import { PublicFrame } from '../public-page';
import { unsubscribeAction } from './actions';

export const dynamic = 'force-dynamic';
export const metadata = {
  title: 'Stop messages',
  robots: { index: false },
  referrer: 'no-referrer' as const,
};

interface PageProps {
  readonly searchParams: Promise<PageSearch>;
}

/** Where the links in our messages end them: with a press, since mail scanners open every link. */
export default async function UnsubscribePage({ searchParams }: PageProps) {
  const { token } = await searchParams;
  const given = typeof token === 'string' ? token : null;
  const unsubscription = readUnsubscribeToken(given, env().CREDENTIALS_KEY);
  return (
    <PublicFrame>
      {unsubscription === null || given === null ? (
        <div className="max-w-md">
          <h1 className="text-2xl font-semibold tracking-tight">This link is not complete</h1>
          <p className="mt-2 text-ink-soft">
            Copy it from the message once more, or change your messages under{' '}
            <a href="/settings" className="text-accent underline-offset-4 hover:underline">
              Settings
            </a>
            .
          </p>
        </div>
      ) : (
        <UnsubscribeForm action={unsubscribeAction} token={given} topic={unsubscription.topic} />
      )}
    </PublicFrame>
  );
}
