'use client';

import { useFormats } from '@/components/format/formats-context';
import { statusWords } from '@/components/labels/connections';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import type { LinkedConnection, LinkWay } from '@/lib/connections/document';
import { AccountList } from './account-list';
import type { ConnectionActions } from './actions';
import { KeysForm } from './keys-form';
import { LinkButton } from './link-button';
import { UnlinkDialog } from './unlink-dialog';

/** One connection: how it does, when it was last read, its accounts, and what can be done about it. */
export function ConnectionCard({
  connection,
  ways,
  actions,
}: {
  readonly connection: LinkedConnection;
  /** In which ways it can be made to work again. */
  readonly ways: readonly LinkWay[];
  readonly actions: ConnectionActions;
}) {
  const formats = useFormats();
  const { id, institution, status, lastSuccessAt, disabledSince } = connection;
  const { label, sentence, tone } = statusWords(connection, ways);
  return (
    <Card id={`connection-${id}`} className="scroll-mt-6 overflow-hidden target:border-outline">
      <div className="flex flex-wrap items-start gap-x-6 gap-y-4 p-5 sm:p-6">
        <div className="min-w-0 flex-1 basis-72">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h3 className="text-lg font-semibold tracking-tight">{institution}</h3>
            <Badge tone={tone}>{label}</Badge>
          </div>
          <p className="mt-1.5 max-w-prose text-sm text-pretty text-ink-soft">{sentence}</p>
          <p className="tabular mt-1 text-sm text-ink-soft">
            {lastSuccessAt === null ? (
              'Not read yet'
            ) : (
              <>
                Last read <time dateTime={lastSuccessAt}>{formats.instant(lastSuccessAt)}</time>
              </>
            )}
            {status === 'disabled' && disabledSince !== null && (
              <>
                , reconnect needed since{' '}
                <time dateTime={disabledSince}>{formats.instant(disabledSince)}</time>
              </>
            )}
          </p>
        </div>
        {status !== 'removed' && (
          <div className="flex flex-wrap items-start gap-2">
            {status === 'disabled' && ways.some((way) => way !== 'keys') && (
              <LinkButton
                action={actions.startLink}
                provider={connection.provider}
                connection={connection}
                size="touch"
              />
            )}
            <UnlinkDialog action={actions.unlink} connection={connection} ways={ways} />
          </div>
        )}
      </div>
      {status === 'disabled' && ways.includes('keys') && (
        <div className="border-t border-hairline p-5 sm:p-6">
          <KeysForm action={actions.linkByKeys} provider={connection.provider} connection={connection} />
        </div>
      )}
      <AccountList
        accounts={connection.accounts}
        splitAction={actions.splitAccount}
        endAction={status === 'removed' ? null : actions.endAccount}
      />
    </Card>
  );
}
