/** What of a history is drawn and tabled: its value, or what follows from it with deposits taken into account. */
export const MEASURES = ['value', 'return', 'deposits', 'drawdown'] as const;

export type Measure = (typeof MEASURES)[number];

/** True when the text names a measure, in exactly this spelling. */
export function isMeasure(text: string): text is Measure {
  return MEASURES.some((measure) => measure === text);
}
