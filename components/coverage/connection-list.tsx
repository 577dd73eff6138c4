import type { Formats } from '@/components/format/formats';
import { nameSource } from '@/components/labels/states';
import { Badge } from '@/components/ui/badge';
import { type Fact, Facts } from '@/components/ui/facts';
import type { CoverageConnection } from '@/lib/coverage/document';
import { AccountEnd } from './account-end';

/** A user's connections: how they stand, when they were last read, what went wrong, and their accounts. */
export function ConnectionList({
  connections,
  formats,
}: {
  readonly connections: readonly CoverageConnection[];
  readonly formats: Formats;
}) {
  if (connections.length === 0) return <p className="text-sm text-ink-soft">Nothing is linked.</p>;
  return (
    <ul className="grid gap-4">
      {connections.map((connection) => (
        <li key={connection.id} className="rounded-xl border border-hairline bg-surface p-4 text-sm">
          <p className="mb-3 flex flex-wrap items-center gap-2">
            <span className="font-medium">{connection.institution}</span>
            <span className="text-ink-soft">by {nameSource(connection.provider)}</span>
            <StatusBadge connection={connection} formats={formats} />
          </p>
          <Facts facts={factsOf(connection, formats)} />
          {connection.accounts.length > 0 && (
            <ul className="tabular mt-3 divide-y divide-hairline border-t border-hairline">
              {connection.accounts.map((account) => (
                <li key={account.id} className="flex flex-wrap justify-between gap-x-6 py-2">
                  <span>
                    {account.name}
                    {!account.isCounted && <span className="text-ink-soft"> (no asset)</span>}
                  </span>
                  <span className="text-ink-soft">
                    known since {formats.date(account.firstKnownOn)}
                    {account.closedOn !== null && `, closed ${formats.date(account.closedOn)}`}
                    {account.lastValueOn !== null && `, last value ${formats.date(account.lastValueOn)}`}
                  </span>
                  {connection.status !== 'removed' &&
                    account.isCounted &&
                    (account.closedOn === null || account.endReason === 'decided') && (
                      <AccountEnd account={account} />
                    )}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

function StatusBadge({
  connection: { status, disabledSince },
  formats,
}: {
  readonly connection: CoverageConnection;
  readonly formats: Formats;
}) {
  if (status === 'active') return <Badge tone="accent">Working</Badge>;
  if (status === 'removed') return <Badge>Unlinked</Badge>;
  if (status === 'paused') return <Badge>Paused: source switched off</Badge>;
  return (
    <Badge tone="caution">
      {disabledSince === null
        ? 'Reconnect needed'
        : `Reconnect needed since ${formats.instant(disabledSince)}`}
    </Badge>
  );
}

const CAPABILITY_WORDS: Readonly<Record<string, string>> = {
  available: 'Offered',
  feature_not_enabled: 'Not enabled for us',
  not_supported: 'Not offered',
};

function factsOf(connection: CoverageConnection, formats: Formats): Fact[] {
  const { lastSuccessAt, lastErrorCode, attempts, retryAt, dueAt, historyCapability } = connection;
  return [
    { name: 'Last read', value: lastSuccessAt === null ? 'Never' : formats.instant(lastSuccessAt) },
    {
      name: 'Last error',
      value:
        lastErrorCode === null
          ? 'None'
          : `${lastErrorCode.replaceAll('_', ' ')}${attempts > 1 ? `, ${attempts} in a row` : ''}`,
    },
    ...(retryAt === null ? [] : [{ name: 'Next attempt', value: formats.instant(retryAt) }]),
    { name: 'Work waiting', value: dueAt === null ? 'No' : `Since ${formats.instant(dueAt)}` },
    {
      name: 'Broker’s history',
      value:
        historyCapability === null ? 'Unknown' : (CAPABILITY_WORDS[historyCapability] ?? historyCapability),
    },
  ];
}
