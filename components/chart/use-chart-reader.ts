'use client';

import { type FocusEvent, type KeyboardEvent, type PointerEvent, useState } from 'react';
import { findStop, type Stop } from './chart-series';
import type { PlotLayout } from './plot-layout';

const PAGE_STOPS = 20;

/** Which stop is being read, and the handlers that move it by pointer, finger or keyboard. */
export function useChartReader(
  stops: readonly Stop[],
  xDomain: readonly [number, number],
  layout: PlotLayout,
) {
  const [at, setAt] = useState<number | null>(null);
  // Only the keyboard is announced; a moving pointer would talk without end.
  const [isAnnounced, setIsAnnounced] = useState(false);
  const last = stops.length - 1;

  const read = (next: number | null, announced: boolean) => {
    setAt(next);
    setIsAnnounced(announced);
  };
  const readPointer = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const width = box.width - layout.left - layout.right;
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - layout.left) / width));
    read(findStop(stops, xDomain[0] + share * (xDomain[1] - xDomain[0])), false);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const here = at ?? last;
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: here - 1,
      ArrowRight: here + 1,
      PageUp: here - PAGE_STOPS,
      PageDown: here + PAGE_STOPS,
      Home: 0,
      End: last,
    };
    const target = targets[event.key];
    if (event.key === 'Escape') read(null, false);
    if (target === undefined || last < 0) return;
    event.preventDefault();
    read(Math.min(last, Math.max(0, target)), true);
  };

  return {
    stop: at === null ? null : (stops[Math.min(at, last)] ?? null),
    isAnnounced,
    handlers: {
      onKeyDown,
      onPointerMove: readPointer,
      onPointerDown: readPointer,
      // A lifted finger leaves the reading where it was; a mouse takes it along.
      onPointerLeave: (event: PointerEvent<HTMLElement>) => {
        if (event.pointerType === 'mouse') read(null, false);
      },
      // A tap or a click focuses as well, but has already chosen its day.
      onFocus: (event: FocusEvent<HTMLElement>) => {
        if (last >= 0 && event.currentTarget.matches(':focus-visible')) read(at ?? last, true);
      },
      onBlur: () => read(null, false),
    },
  };
}
