-- Why a published day changed is a closed list, the one of lib/domain/correction.ts.

alter table public.snapshot_corrections add constraint snapshot_corrections_reason_check check (
  reason in (
    'withdrawn', 'accounts changed', 'completed', 'better observation', 'restated',
    'confirmed as one account', 'separated as different accounts', 'connection unlinked',
    'accepted by an administrator', 'republished'
  )
);

comment on column public.snapshot_corrections.reason is 'What the evidence shows (withdrawn, accounts changed, completed, better observation, restated) or the act behind the change.';
