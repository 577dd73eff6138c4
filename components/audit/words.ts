import type { AuditAction } from '@/lib/operations/document';

export const AUDIT_WORDS: Readonly<Record<AuditAction, string>> = {
  accept_held: 'Accepted a held value',
  reject_held: 'Rejected a held value',
  open_backfill: 'Opened a backfill',
  reopen_days: 'Reopened days that were given up',
  cancel_backfill: 'Cancelled a backfill',
};

export const VERDICT_WORDS = { accepted: 'Counts', held: 'Held', rejected: 'Does not count' } as const;
