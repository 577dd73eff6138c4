'use client';

import type { FormEvent } from 'react';
import { DecisionForm } from '@/components/doubts/decision-form';
import { readReason } from '@/components/doubts/reason-field';
import { useDecision } from '@/components/doubts/use-decision';
import { createPlainFormats } from '@/components/format/formats';
import type { EstimatesPermission as Permission } from '@/lib/estimates/document';

/** Whether days of a user may be estimated and who allowed it; an operator's own decision to allow it, or to take that back. */
export function EstimatesPermission({
  userId,
  permission,
  locale,
}: {
  readonly userId: string;
  readonly permission: Permission | null;
  readonly locale: string;
}) {
  const { decide, isSending, fault } = useDecision(`/api/admin/users/${userId}/estimates`);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const isAllowed = permission === null;
    void decide(
      { isAllowed, reason: readReason(new FormData(event.currentTarget)) },
      isAllowed
        ? 'Estimates are allowed. The first appear within two evenings, once the holdings are read.'
        : 'Estimates are allowed no more, and all of them are taken away.',
    );
  };
  const since = permission === null ? '' : createPlainFormats(locale).instant(permission.since);
  return (
    <div className="rounded-xl border border-hairline bg-surface p-4 text-sm text-pretty">
      {permission === null && (
        <p>Not allowed: days that no source can give stay open. The user can allow them under Settings.</p>
      )}
      {permission?.isByOperator === false && <p>The user allows them since {since}, and decides alone.</p>}
      {permission?.isByOperator === true && (
        <p>
          An operator allows them since {since}. The user reads that under Settings, and can switch it off.
        </p>
      )}
      {permission?.isByOperator !== false && (
        // Closed and without a reason once something was decided.
        <DecisionForm
          key={since}
          className="mt-2"
          summary={permission === null ? 'Allow estimates' : 'Take the permission back'}
          consequence={
            permission === null
              ? 'Such days are worked out from what the user holds, their trades and closing prices, marked as estimates, and enter no return. What they hold is read from their broker about once a week.'
              : 'All estimates are taken away again, and the line stops at the days that nobody can give.'
          }
          action={permission === null ? 'Allow estimates for this user' : 'Take it back'}
          isSending={isSending}
          fault={fault}
          onSubmit={submit}
        />
      )}
    </div>
  );
}
