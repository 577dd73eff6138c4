import type { Measure } from '@/lib/domain/states';

/** A measure's name on its switch, what a chart of it is called, and what it tells. */
export interface MeasureWords {
  readonly label: string;
  readonly title: string;
  readonly meaning: string;
}

export const MEASURE_WORDS: Readonly<Record<Measure, MeasureWords>> = {
  value: {
    label: 'Value',
    title: 'Portfolio value',
    meaning: 'What everything was worth at the close of each trading day.',
  },
  return: {
    label: 'Return',
    title: 'Return',
    meaning:
      'Time-weighted: how the investments did. Money-weighted: how your own money did. They differ when deposits met good or bad days.',
  },
  deposits: {
    label: 'Net deposits',
    title: 'Net deposits against value',
    meaning: 'What was put in, beside what it was worth. The distance between the two is gain or loss.',
  },
  drawdown: {
    label: 'Drawdown',
    title: 'Drawdown',
    meaning: 'How far each day lay below the highest day before it, deposits and withdrawals aside.',
  },
};
