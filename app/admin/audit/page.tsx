import { headers } from 'next/headers';
import { AuditFilter } from '@/components/audit/audit-filter';
import { AuditList } from '@/components/audit/audit-list';
import { createPlainFormats } from '@/components/format/formats';
import { OlderLink } from '@/components/ui/older-link';
import { serviceClient } from '@/lib/db/clients';
import { text } from '@/lib/db/rpc';
import { AUDIT_ACTIONS } from '@/lib/domain/states';
import { env } from '@/lib/env';
import { preferredLocale, requireAdministratorPage } from '@/lib/http/page';
import { type PageSearch, readSearchFields } from '@/lib/http/query';
import { findUserByEmail, listAudit } from '@/lib/operations/store';

export const metadata = { title: 'Audit log' };

const ROWS = 50;

/** What administrators did: who, what, when, why, and what came of it. */
export default async function AuditPage({ searchParams }: { readonly searchParams: Promise<PageSearch> }) {
  await requireAdministratorPage();
  const { actor, action, before } = readSearchFields(await searchParams, ['actor', 'action', 'before']);
  const client = serviceClient(env());
  const actorEmail = text(320).safeParse(actor).data;
  const actorId = actorEmail === undefined ? null : await findUserByEmail(client, actorEmail);
  const isNobody = actor !== '' && actorId === null;
  const entries = isNobody
    ? []
    : await listAudit(client, {
        actorId,
        action: AUDIT_ACTIONS.find((one) => one === action) ?? null,
        before: /^\d{1,15}$/.test(before) ? Number(before) : null,
        limit: ROWS,
      });
  const formats = createPlainFormats(preferredLocale(await headers()));
  const next = entries.length === ROWS ? (entries.at(-1)?.id ?? null) : null;
  return (
    <div className="flex flex-col gap-5">
      <h1 className="text-2xl font-semibold tracking-tight">Audit log</h1>
      <AuditFilter key={`${actor} ${action}`} actor={actor} action={action} />
      {isNobody ? (
        <p className="text-sm text-ink-soft">Nobody has this e-mail address.</p>
      ) : (
        <AuditList entries={entries} formats={formats} />
      )}
      <OlderLink path="/admin/audit" query={{ actor, action }} before={next} />
    </div>
  );
}
