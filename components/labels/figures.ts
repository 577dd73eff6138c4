import type { ReturnFault } from '@/lib/domain/returns';

export type ReturnFigureName = 'twr' | 'mwr' | 'maxDrawdown';

/** How a return is named, and what it says. */
export const FIGURE_LABELS: Readonly<
  Record<ReturnFigureName, { readonly label: string; readonly meaning: string }>
> = {
  twr: { label: 'Return', meaning: 'Time-weighted: how the investments did, whatever was paid in or out.' },
  mwr: {
    label: 'Money-weighted',
    meaning: 'How your money did: it differs from the return when deposits met good or bad days.',
  },
  maxDrawdown: {
    label: 'Max drawdown',
    meaning: 'The largest fall from an earlier peak, deposits and withdrawals aside.',
  },
};

/** Why there is no return. */
export const FAULT_LABELS: Readonly<Record<ReturnFault, string>> = {
  too_few_days: 'not available: too few known days',
  flows_unknown: 'not available: deposits are not known',
  base_not_positive: 'not available: there was nothing to grow from',
  no_solution: 'not available: no rate explains the payments',
  movement_unknown: 'not available: a movement is not known',
  movements_not_booked: 'available after the broker books today’s movements',
  invested_too_briefly: 'not available: the money was there too briefly',
};
