import type { GapReason } from '@/lib/domain/gap-reason';
import type { Kind } from '@/lib/domain/kind';
import type { ReturnFault } from '@/lib/domain/returns';

/** How a kind is named in a legend, read out for one day, and explained. */
export interface KindWords {
  readonly label: string;
  readonly reading: string;
  readonly meaning: string;
}

export const KIND_WORDS: Readonly<Record<Kind, KindWords>> = {
  daily_eod: {
    label: 'Captured',
    reading: 'Captured after the close',
    meaning: 'Observed after that day’s close and before the next open.',
  },
  reconstructed: {
    label: 'Reconstructed',
    reading: 'Reconstructed from your broker’s history',
    meaning: 'Filled in later from your broker’s own record of past values.',
  },
  estimated: {
    label: 'Estimated',
    reading: 'Estimated from holdings and closing prices',
    meaning: 'Part of the total is carried from an earlier day or worked out. Never used for returns.',
  },
};

export const MISSING_WORDS: Pick<KindWords, 'label' | 'meaning'> = {
  label: 'Missing',
  meaning: 'Nobody knows the value of these days, so no line is drawn through them.',
};

/** A gap's reason as a short label and as a sentence, and what it waits for while no attempt is planned. */
export interface GapWords {
  readonly label: string;
  readonly sentence: string;
  readonly waiting: string;
}

export const GAP_WORDS: Readonly<Record<GapReason, GapWords>> = {
  not_yet_due: {
    label: 'Not captured yet',
    sentence: 'This day’s value is captured shortly after the close.',
    waiting: 'It is captured once it is due.',
  },
  connection_broken: {
    label: 'Connection broken',
    sentence: 'The connection to your broker stopped working.',
    waiting: 'It will be tried again once you reconnect.',
  },
  provider_cannot: {
    label: 'No broker history',
    sentence: 'Your broker’s history is not offered or does not reach these days.',
    waiting: 'It will be tried again if your broker starts to offer it.',
  },
  provider_had_nothing: {
    label: 'No values from the broker',
    sentence: 'The broker has no history for these days.',
    waiting: 'It will be tried again later.',
  },
  held: {
    label: 'Being checked',
    sentence: 'A value arrived but looks wrong, so it is held until someone has checked it.',
    waiting: 'It is shown once it has been accepted.',
  },
  rate_limited: {
    label: 'Waiting our turn',
    sentence: 'The data provider asked us to slow down.',
    waiting: 'It will be tried again shortly.',
  },
  unavailable: {
    label: 'Broker unavailable',
    sentence: 'The broker or the data provider could not be reached.',
    waiting: 'It will be tried again once they answer.',
  },
  gave_up: {
    label: 'Could not be repaired',
    sentence: 'Every attempt to obtain these days failed.',
    waiting: 'It will be tried again if someone asks for it.',
  },
  rate_missing: {
    label: 'Exchange rate missing',
    sentence: 'The values are known, but not the exchange rate into your currency.',
    waiting: 'It is shown once the exchange rate is known.',
  },
};

export type ReturnFigureName = 'twr' | 'mwr' | 'maxDrawdown';

/** How a return is named, and what it says. */
export const FIGURE_WORDS: Readonly<Record<ReturnFigureName, Pick<KindWords, 'label' | 'meaning'>>> = {
  twr: { label: 'Return', meaning: 'Time-weighted: how the investments did, whatever was paid in or out.' },
  mwr: {
    label: 'Money-weighted',
    meaning: 'How your money did: it differs from the return when deposits met good or bad days.',
  },
  maxDrawdown: {
    label: 'Deepest fall',
    meaning: 'The largest fall from an earlier peak, deposits and withdrawals aside.',
  },
};

/** Why a return cannot be told. */
export const FAULT_WORDS: Readonly<Record<ReturnFault, string>> = {
  too_few_days: 'not available: too few known days',
  flows_unknown: 'not available: deposits are not known',
  base_not_positive: 'not available: there was nothing to grow from',
  no_solution: 'not available: no rate explains the payments',
  movement_unknown: 'not available: a movement is not known',
  movements_not_booked: "available after the broker books today's movements",
  invested_too_briefly: 'not available: the money was there too briefly',
};

const SOURCE_NAMES: Readonly<Record<string, string>> = {
  snaptrade: 'SnapTrade',
  plaid: 'Plaid',
  alpaca: 'Alpaca',
};

/** A source's proper name where it has one, otherwise the source as it was given. */
export function nameSource(source: string): string {
  return SOURCE_NAMES[source] ?? source;
}
