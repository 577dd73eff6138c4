import type { DayState } from '@/lib/domain/coverage';
import type { MovementKind } from '@/lib/domain/reconcile/evidence';
import type { CorrectionReason, GapReason, Kind, VerdictCode } from '@/lib/domain/states';

/** What a state of a day is called and what it means, for users and operators alike. */
interface StateLabel {
  readonly label: string;
  readonly meaning: string;
}

/** A kind is also read out for one day. */
interface KindLabel extends StateLabel {
  readonly reading: string;
}

export const KIND_LABELS: Readonly<Record<Kind, KindLabel>> = {
  daily_eod: {
    label: 'Captured',
    reading: 'Captured after the close',
    meaning: 'Observed after that day’s close and before the next open.',
  },
  reconstructed: {
    label: 'Reconstructed',
    reading: 'Reconstructed from your broker’s history',
    meaning: 'Filled in later from the broker’s own record of past values.',
  },
  estimated: {
    label: 'Estimated',
    reading: 'Estimated from holdings and closing prices',
    meaning:
      'Part of the total is carried from an earlier day, worked out, or given by yourself: from your statements or by hand. Not used for returns, unless you confirmed it as an official value.',
  },
};

export const MISSING_LABEL: StateLabel = {
  label: 'Missing',
  meaning: 'Nobody knows the value of these days, so no line is drawn through them.',
};

/** A reason also states what the day waits for while no attempt is planned. */
interface GapLabel extends StateLabel {
  readonly waiting: string;
}

export const GAP_LABELS: Readonly<Record<GapReason, GapLabel>> = {
  not_yet_due: {
    label: 'Not captured yet',
    meaning: 'The value is captured shortly after the close.',
    waiting: 'It is captured once it is due.',
  },
  connection_broken: {
    label: 'Connection broken',
    meaning: 'The connection to the broker stopped working.',
    waiting: 'It will be tried again once you reconnect.',
  },
  provider_cannot: {
    label: 'No broker history',
    meaning: 'The broker’s history is not offered or does not reach these days.',
    waiting: 'It will be tried again if the broker starts to offer it.',
  },
  provider_had_nothing: {
    label: 'No values from the broker',
    meaning: 'The broker has no history for these days.',
    waiting: 'It will be tried again later.',
  },
  held: {
    label: 'Held for review',
    meaning: 'A value arrived but looks wrong, so it is held until someone has checked it.',
    waiting: 'It is shown once it has been accepted.',
  },
  rate_limited: {
    label: 'Rate limited',
    meaning: 'The data provider asked us to slow down.',
    waiting: 'It will be tried again shortly.',
  },
  unavailable: {
    label: 'Broker unavailable',
    meaning: 'The broker or the data provider could not be reached.',
    waiting: 'It will be tried again once they answer.',
  },
  gave_up: {
    label: 'Could not be repaired',
    meaning: 'Every attempt to obtain these days failed.',
    waiting: 'It will be tried again if someone asks for it.',
  },
  source_off: {
    label: 'Source switched off',
    meaning: 'Nothing is read from this source at present.',
    waiting: 'It is filled in once the source is switched on again.',
  },
  rate_missing: {
    label: 'Exchange rate missing',
    meaning: 'The values are known, but not the exchange rate into the portfolio’s currency.',
    waiting: 'It is shown once the exchange rate is known.',
  },
};

/** Every state that a day can be in. */
export const DAY_LABELS: Readonly<Record<DayState, StateLabel>> = {
  ...KIND_LABELS,
  ...GAP_LABELS,
  not_due: { label: 'Not due', meaning: 'The session is on, or has only just closed.' },
  before_link: { label: 'Before link', meaning: 'No account was known yet.' },
  no_account: { label: 'No account', meaning: 'Every account was closed or unlinked.' },
};

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
  'import undone': 'values from a statement were taken back',
  republished: 'the day was recalculated from what is on record',
};

/** What a movement was, as people choose and read it. */
export const MOVEMENT_LABELS: Readonly<Record<MovementKind, string>> = {
  deposit: 'Deposit',
  withdrawal: 'Withdrawal',
  transfer: 'Transfer in or out',
  dividend: 'Dividend',
  interest: 'Interest',
  fee: 'Fee or tax',
  other: 'Purchase, sale or nothing that moves the total',
  unclassified: 'Unknown movement',
};

const SOURCE_NAMES: Readonly<Record<string, string>> = {
  snaptrade: 'SnapTrade',
  plaid: 'Plaid',
  alpaca: 'Alpaca',
  statement: 'Your statement',
  official_statement: 'Your statement (official value)',
  manual: 'Entered by hand',
};

/** The proper names of sources, with a comma between them; one without a name is called as it was given. */
export function nameSource(source: string): string {
  return source
    .split(',')
    .map((one) => SOURCE_NAMES[one] ?? one)
    .join(', ');
}

/** What of a total its user gave, by its source. */
export function statedParts(source: string): readonly string[] {
  const sources = source.split(',');
  const stated = sources.includes('official_statement')
    ? ['an official value from your statement']
    : sources.includes('statement')
      ? ['from your statement']
      : [];
  return sources.includes('manual') ? [...stated, 'with an account that you keep by hand'] : stated;
}

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
  not_funded_yet: 'A zero from before any money was there.',
  incoherent: 'The history jumps about without an explanation.',
  as_of_conflict: 'Two different totals were given for the same instant.',
  rejected: 'An administrator rejected the value.',
};
