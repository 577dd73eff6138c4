import type { Kind } from '@/lib/domain/states';

/** The stroke of each kind, used by the line and by the legend alike: surer knowledge, fuller line. */
export const LINE_STYLES = {
  daily_eod: { stroke: 'var(--accent)', strokeWidth: 2, strokeLinecap: 'round' },
  reconstructed: { stroke: 'var(--accent)', strokeWidth: 2, strokeDasharray: '5 3', strokeLinecap: 'butt' },
  estimated: {
    stroke: 'var(--ink-soft)',
    strokeWidth: 2.5,
    strokeDasharray: '0.1 5',
    strokeLinecap: 'round',
  },
} as const satisfies Readonly<Record<Kind, object>>;

/** Lines beside the portfolio's own are thinner, and no kind has their dash. */
export const REFERENCE_STYLES = {
  paidIn: { stroke: 'var(--ink)', strokeWidth: 1.5 },
  benchmark: { stroke: 'var(--ink-soft)', strokeWidth: 1.5, strokeDasharray: '10 3 2 3' },
  today: { stroke: 'var(--accent)', strokeWidth: 1.25 },
} as const;
