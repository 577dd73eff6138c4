import { headers } from 'next/headers';
import Link from 'next/link';
import { RemindForm } from '@/components/coverage/remind-form';
import { Section } from '@/components/coverage/section';
import { createPlainFormats } from '@/components/format/formats';
import { nameSource } from '@/components/labels/states';
import { Facts } from '@/components/ui/facts';
import { serviceClient } from '@/lib/db/clients';
import { PROVIDER_IDS } from '@/lib/domain/states';
import { env } from '@/lib/env';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';
import { type PageSearch, readSearchFields } from '@/lib/http/query';
import { reminderWords } from '@/lib/messages/compose';
import { previewReminder } from '@/lib/messages/store';

export const metadata = { title: 'Tell the users' };

/** Whom a reminder to reconnect would reach and what it says, before it is sent. */
export default async function RemindersPage({
  searchParams,
}: {
  readonly searchParams: Promise<PageSearch>;
}) {
  await requireAdministratorPage();
  const asked = readSearchFields(await searchParams, ['provider', 'institution']);
  const provider = PROVIDER_IDS.find((one) => one === asked.provider) ?? PROVIDER_IDS[0];
  const institution = asked.institution === '' ? null : asked.institution.slice(0, 200);
  const preview = await previewReminder(serviceClient(env()), { provider, institution });
  const formats = createPlainFormats(preferredLocale(await headers()));
  const where = institution ?? `Every brokerage through ${nameSource(provider)}`;
  const { subject, paragraphs } = reminderWords(institution ?? 'Your broker');
  return (
    <div className="flex flex-col gap-8">
      <header>
        <p className="mb-2 text-sm">
          <Link
            href="/admin/coverage"
            className="inline-block py-1 text-accent underline-offset-4 hover:underline"
          >
            Back to coverage
          </Link>
        </p>
        <h1 className="text-2xl font-semibold tracking-tight">Tell the users</h1>
        <p className="mt-1.5 max-w-prose text-ink-soft">
          {where}: only the owners of broken connections can sign in again. Each gets one{' '}
          <span className="whitespace-nowrap">e-mail</span>.
        </p>
      </header>
      <Section title="Who gets it">
        <Facts
          facts={[
            { name: 'Owners of broken connections', value: formats.count(preview.owners) },
            { name: 'Want no such messages', value: formats.count(preview.unsubscribed) },
            { name: 'Were reminded already', value: formats.count(preview.reminded) },
            { name: 'Get this message', value: formats.count(preview.recipients) },
          ]}
        />
      </Section>
      <Section title="What it says">
        <blockquote className="max-w-prose space-y-2 border-l-2 border-hairline pl-4 text-sm">
          <p className="font-medium">{subject}</p>
          {paragraphs.map((paragraph) => (
            <p key={paragraph} className="text-ink-soft">
              {paragraph}
            </p>
          ))}
        </blockquote>
      </Section>
      {env().SMTP_URL === undefined ? (
        <p className="text-sm font-medium">
          This installation sends no e-mail: set SMTP_URL and MAIL_FROM first.
        </p>
      ) : preview.recipients === 0 ? (
        <p className="text-sm font-medium">There is nobody left to remind.</p>
      ) : (
        <RemindForm
          provider={provider}
          institution={institution}
          label={preview.recipients === 1 ? 'Tell 1 user' : `Tell ${formats.count(preview.recipients)} users`}
        />
      )}
    </div>
  );
}
