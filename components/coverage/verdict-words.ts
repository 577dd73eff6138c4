import type { VerdictCode } from '@/lib/domain/states';

/** What is wrong with an answer, as operators read it. */
export const VERDICT_WORDS: Readonly<Record<VerdictCode, string>> = {
  left_out: 'The answer left this account out.',
  not_an_asset: 'The account is no asset.',
  total_missing: 'The answer had no total.',
  not_fresh: 'The value was from before the close.',
  mid_session: 'The value was read in mid-session and belongs to no close.',
  too_late: 'The value was read after the next open.',
  broken_repeat: 'A broken connection repeated its last value.',
  unexplained_zero: 'A zero that no withdrawal explains.',
  unexplained_swing: 'A jump that no deposit or withdrawal explains.',
  mostly_zeros: 'The history is mostly zeros.',
  disagrees_with_total: 'The history disagrees with the present total.',
  wrong_currency: 'The currency is not the account’s.',
  unknown_currency: 'The currency is not known.',
};
