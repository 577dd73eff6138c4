import { headers } from 'next/headers';
import Link from 'next/link';
import { createPlainFormats, type Formats } from '@/components/format/formats';
import { alertFormats } from '@/components/labels/operations';
import { Badge } from '@/components/ui/badge';
import { OlderLink } from '@/components/ui/older-link';
import type { AlertRecord } from '@/lib/alerts/document';
import { describeIncident } from '@/lib/alerts/message';
import { listAlerts } from '@/lib/alerts/store';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';
import { type PageSearch, readSearchFields } from '@/lib/http/query';

export const metadata = { title: 'Alerts' };

const ROWS = 50;

/** Every alert, open ones first: what it is, how long it lasted, and whether anybody was told. */
export default async function AlertsPage({ searchParams }: { readonly searchParams: Promise<PageSearch> }) {
  await requireAdministratorPage();
  const { before } = readSearchFields(await searchParams, ['before']);
  const alerts = await listAlerts(serviceClient(env()), {
    before: /^\d{1,15}$/.test(before) ? Number(before) : null,
    limit: ROWS,
  });
  const formats = createPlainFormats(preferredLocale(await headers()));
  const next = alerts.length === ROWS ? (alerts.at(-1)?.id ?? null) : null;
  return (
    <div className="flex flex-col gap-5">
      <header>
        <h1 className="text-2xl font-semibold tracking-tight">Alerts</h1>
        {env().ALERT_WEBHOOK_URL === undefined && (
          <p className="mt-1.5 max-w-prose text-ink-soft">
            No receiver is configured (ALERT_WEBHOOK_URL), so nobody is told of them elsewhere.
          </p>
        )}
      </header>
      {alerts.length === 0 ? (
        <p className="text-sm text-ink-soft">Nothing was ever wrong.</p>
      ) : (
        <ul className="divide-y divide-hairline border-y border-hairline text-sm">
          {alerts.map((alert) => (
            <AlertItem key={alert.id} alert={alert} formats={formats} />
          ))}
        </ul>
      )}
      <OlderLink path="/admin/alerts" query={{}} before={next} />
    </div>
  );
}

function AlertItem({ alert, formats }: { readonly alert: AlertRecord; readonly formats: Formats }) {
  const { title, advice, over, page } = describeIncident(alert, alertFormats(formats));
  const isOpen = alert.state === 'open';
  return (
    <li className="tabular grid gap-x-8 gap-y-1 py-3 sm:grid-cols-[17rem_1fr]">
      <div>
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium">
          {formats.instant(alert.openedAt)}
          <Badge tone={isOpen ? 'caution' : 'neutral'}>{isOpen ? 'Open' : 'Over'}</Badge>
        </p>
        <p className="text-ink-soft">
          {alert.resolvedAt === null
            ? `Last seen ${formats.instant(alert.lastSeenAt)}`
            : `Over since ${formats.instant(alert.resolvedAt)}`}
        </p>
      </div>
      <div className="min-w-0">
        <p className="font-medium wrap-anywhere">
          <Link
            href={page}
            className="-my-1 inline-block py-1 text-accent underline-offset-4 hover:underline"
          >
            {title}
          </Link>
        </p>
        <p className="wrap-anywhere text-pretty text-ink-soft">{isOpen ? advice : over}</p>
        <p className="text-ink-soft">{describeDeliveries(alert, formats)}</p>
      </div>
    </li>
  );
}

function describeDeliveries({ deliveries }: AlertRecord, formats: Formats): string {
  if (deliveries.length === 0) return 'Nobody was told.';
  return deliveries
    .map(({ state, attempts, deliveredAt, nextAttemptAt }) => {
      const what = state === 'open' ? 'Beginning' : 'End';
      if (deliveredAt !== null) return `${what} delivered ${formats.instant(deliveredAt)}.`;
      const failed = attempts === 0 ? '' : `, after ${formats.count(attempts)} failed attempts`;
      return `${what} not delivered yet${failed}${nextAttemptAt === null ? '' : `; next attempt ${formats.instant(nextAttemptAt)}`}.`;
    })
    .join(' ');
}
