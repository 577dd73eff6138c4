import type { Correction } from '@/lib/history/document';

/** Corrections that one event brought about: of one reason and made at one instant. They keep their order. */
export function groupCorrections(
  corrections: readonly Correction[],
): readonly (readonly [Correction, ...Correction[]])[] {
  const groups = new Map<string, [Correction, ...Correction[]]>();
  for (const correction of corrections) {
    const event = `${correction.changedAt} ${correction.reason}`;
    const group = groups.get(event);
    if (group === undefined) groups.set(event, [correction]);
    else group.push(correction);
  }
  return [...groups.values()];
}
