import type { PlotPoint } from './line-segments';

/** A place on two lines at once. */
export interface PairedPoint {
  readonly index: number;
  readonly value: number;
  /** What was put in up to this day. */
  readonly paidIn: number;
}

/** A stretch in which the value lies on one side of what was put in. */
export interface GainArea {
  readonly side: 'gain' | 'loss';
  /** Along the value, then back along what was put in. */
  readonly outline: readonly PlotPoint[];
}

/** Cuts the space between value and what was put in wherever the two lines meet. */
export function splitGainAreas(points: readonly PairedPoint[]): GainArea[] {
  const areas: GainArea[] = [];
  let open: PairedPoint[] = [];
  const close = () => {
    const side = open.some((point) => point.value > point.paidIn)
      ? 'gain'
      : open.some((point) => point.value < point.paidIn)
        ? 'loss'
        : null;
    if (side !== null) areas.push({ side, outline: outlineOf(open) });
  };
  points.forEach((here, at) => {
    const before = points[at - 1];
    if (before !== undefined && (before.value - before.paidIn) * (here.value - here.paidIn) < 0) {
      const meeting = meet(before, here);
      open.push(meeting);
      close();
      open = [meeting];
    }
    open.push(here);
    if (here.value === here.paidIn) {
      close();
      open = [here];
    }
  });
  close();
  return areas;
}

function meet(a: PairedPoint, b: PairedPoint): PairedPoint {
  const before = a.value - a.paidIn;
  const share = before / (before - (b.value - b.paidIn));
  const value = a.value + share * (b.value - a.value);
  return { index: a.index + share * (b.index - a.index), value, paidIn: value };
}

function outlineOf(points: readonly PairedPoint[]): PlotPoint[] {
  const top = points.map(({ index, value }) => ({ index, value }));
  const back = points.map(({ index, paidIn }) => ({ index, value: paidIn })).toReversed();
  return [...top, ...back];
}
