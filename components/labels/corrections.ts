import type { CorrectionReason } from '@/lib/history/document';

/** Why a published day changed, for its owner and for operators alike. */
export const CORRECTION_LABELS: Readonly<Record<CorrectionReason, string>> = {
  withdrawn: 'what it rested on no longer holds',
  'accounts changed': 'an account came into view or left it',
  completed: 'the value of a missing account arrived',
  'better observation': 'a better observation arrived',
  restated: 'the broker restated the value',
  'confirmed as one account': 'two accounts were confirmed to be one',
  'separated as different accounts': 'two accounts were separated',
  'connection unlinked': 'a connection was unlinked',
  'accepted by an administrator': 'an administrator accepted a held value',
  republished: 'the day was recalculated from what is on record',
};
