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
    label: 'Recorded at close',
    reading: 'Recorded at close',
    meaning: 'Read from your broker after that day’s close and before the next open.',
  },
  reconstructed: {
    label: 'Filled in later',
    reading: 'Filled in later from your broker’s history',
    meaning: 'Missed on the day, and filled in from your broker’s own record of past values.',
  },
  estimated: {
    label: 'Estimated',
    reading: 'Estimated from holdings and closing prices',
    meaning:
      'Part of the total is an earlier day’s value, was calculated, or was given by yourself, from your statements or by hand. It does not count towards returns, unless you confirmed it as an official value.',
  },
};

export const MISSING_LABEL: StateLabel = {
  label: 'Missing',
  meaning: 'We have no value for these days, so the line stops.',
};

/** A reason also states what the day waits for while no attempt is planned. */
interface GapLabel extends StateLabel {
  readonly waiting: string;
}

export const GAP_LABELS: Readonly<Record<GapReason, GapLabel>> = {
  not_yet_due: {
    label: 'Not recorded yet',
    meaning: 'The value is recorded shortly after the close.',
    waiting: 'It is recorded once it is due.',
  },
  connection_broken: {
    label: 'Reconnect needed',
    meaning: 'The broker needs its owner to sign in again.',
    waiting: 'We’ll try again after the reconnect.',
  },
  provider_cannot: {
    label: 'No broker history',
    meaning: 'The broker’s history is not offered or does not reach these days.',
    waiting: 'We’ll try again if the broker starts to offer it.',
  },
  provider_had_nothing: {
    label: 'No values from the broker',
    meaning: 'The broker has no history for these days.',
    waiting: 'We’ll try again later.',
  },
  held: {
    label: 'Held for review',
    meaning: 'A value arrived but looks wrong, so we hold it until someone has checked it.',
    waiting: 'We’ll show it once it has been accepted.',
  },
  rate_limited: {
    label: 'Queued',
    meaning: 'The data provider asked us to slow down, so these days wait their turn.',
    waiting: 'We’ll try again shortly.',
  },
  unavailable: {
    label: 'Broker unavailable',
    meaning: 'We couldn’t reach the broker or the data provider.',
    waiting: 'We’ll try again once they answer.',
  },
  gave_up: {
    label: 'Can’t be recovered',
    meaning: 'Every attempt to get these days failed.',
    waiting: 'We’ll try again if someone asks for it.',
  },
  source_off: {
    label: 'Source switched off',
    meaning: 'Nothing is read from this source at present.',
    waiting: 'It is filled in once the source is switched on again.',
  },
  rate_missing: {
    label: 'Exchange rate missing',
    meaning: 'The values are known, but not the exchange rate into the portfolio’s currency.',
    waiting: 'We’ll show it once the exchange rate is known.',
  },
};

/** Every state that a day can be in. */
export const DAY_LABELS: Readonly<Record<DayState, StateLabel>> = {
  ...KIND_LABELS,
  ...GAP_LABELS,
  not_due: { label: 'Not due', meaning: 'The market is open, or has only just closed.' },
  before_link: { label: 'Before linking', meaning: 'No account was linked yet.' },
  no_account: { label: 'No account', meaning: 'Every account was closed or unlinked.' },
};

/** Why a published day changed, for its owner and for operators alike. */
export const CORRECTION_LABELS: Readonly<Record<CorrectionReason, string>> = {
  withdrawn: 'the values behind it turned out to be wrong',
  'accounts changed': 'an account was added or left',
  completed: 'the value of a missing account arrived',
  'better observation': 'a more reliable value arrived',
  restated: 'the broker restated the value',
  'confirmed as one account': 'two accounts were confirmed to be one',
  'separated as different accounts': 'two accounts were separated',
  'connection unlinked': 'a connection was unlinked',
  'accepted by an administrator': 'an administrator accepted a held value',
  'import undone': 'values from a statement were removed',
  'estimates switched off': 'estimates were switched off',
  republished: 'the day was recalculated from our records',
};

/** What a movement was, as people choose and read it. */
export const MOVEMENT_LABELS: Readonly<Record<MovementKind, string>> = {
  deposit: 'Deposit',
  withdrawal: 'Withdrawal',
  transfer: 'Transfer in or out',
  dividend: 'Dividend',
  interest: 'Interest',
  fee: 'Fee or tax',
  other: 'Purchase, sale or other, without effect on the total',
  unclassified: 'Unknown movement',
};

const SOURCE_NAMES: Readonly<Record<string, string>> = {
  snaptrade: 'SnapTrade',
  plaid: 'Plaid',
  alpaca: 'Alpaca',
  statement: 'Your statement',
  official_statement: 'Your statement (official value)',
  manual: 'Kept by hand',
  estimate: 'Estimated from your holdings and closing prices',
};

/** The proper names of sources, with a comma between them; one without a name is called as it was given. */
export function nameSource(source: string): string {
  return source
    .split(',')
    .map((one) => SOURCE_NAMES[one] ?? one)
    .join(', ');
}

/** Where a value comes from, as its owner knows it: the brokerages by their own names, whoever reads them for us. */
export function nameOrigin(source: string, brokerages: readonly string[]): string {
  const sources = source.split(',');
  const isOwn = (one: string) => one.endsWith('statement') || one === 'manual' || one === 'estimate';
  const own = sources.filter(isOwn);
  const others = sources.filter((one) => !isOwn(one));
  const named =
    brokerages.length > NAMED_MAX
      ? [`${brokerages.length} brokerages`]
      : brokerages.length > 0
        ? brokerages
        : others.map(nameSource);
  return [...new Set([...(others.length > 0 ? named : []), ...own.map(nameSource)])].join(', ');
}

/** More names than this are counted instead. */
const NAMED_MAX = 2;

/** What of a total no broker reported, by its source. */
export function statedParts(source: string): readonly string[] {
  const sources = source.split(',');
  const stated = sources.includes('official_statement')
    ? ['an official value from your statement']
    : sources.includes('statement')
      ? ['from your statement']
      : [];
  return [
    ...stated,
    ...(sources.includes('manual') ? ['with an account that you keep by hand'] : []),
    ...(sources.includes('estimate') ? ['from your holdings and closing prices'] : []),
  ];
}

/** What is wrong with an answer, as operators read it. */
export const VERDICT_WORDS: Readonly<Record<VerdictCode, string>> = {
  left_out: 'The answer did not include this account.',
  not_an_asset: 'The account is not an asset.',
  total_missing: 'The answer had no total.',
  not_fresh: 'The value was from before the close.',
  mid_session: 'The value was read during trading hours, so it is not a closing value.',
  too_late: 'The value was read after the next open.',
  broken_repeat: 'A broken connection repeated its last value.',
  unexplained_zero: 'A zero without a withdrawal to explain it.',
  unexplained_swing: 'A jump without a deposit or withdrawal to explain it.',
  mostly_zeros: 'The history is mostly zeros.',
  disagrees_with_total: 'The history does not match the current total.',
  wrong_currency: 'The currency is not the account’s.',
  unknown_currency: 'The currency is not known.',
  not_funded_yet: 'A zero from before any money was there.',
  incoherent: 'The history jumps up and down without an explanation.',
  as_of_conflict: 'Two different totals were reported for the same moment.',
  rejected: 'An administrator rejected the value.',
};
