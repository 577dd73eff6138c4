'use client';

import { type FocusEvent, type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { ChartLayout } from './layout';
import { type RangeReading, readRange } from './range-reading';
import { findDataPoint } from './series';

const PAGE_STOPS = 20;

/** What is being read: a data point, or the days between the data point where a range was begun and it. */
interface Place {
  readonly at: number;
  /** Where a range was begun; null while a single data point is read. */
  readonly since: number | null;
  /** Only the keyboard is announced; a moving pointer would talk without end. */
  readonly isAnnounced: boolean;
}

/**
 * Which data point or range is being read, and what moves it: a pointer, a finger (two for a range) or the keyboard. A range is
 * chosen when the mouse button, one of the fingers or, on the keyboard, the Enter key asks for it.
 */
export function useChartReader(
  layout: ChartLayout,
  onRangeSelect: (from: TradingDate, to: TradingDate) => void,
) {
  const { dataPoints, xDomain } = layout.series;
  const { insets } = layout;
  const [place, setPlace] = useState<Place | null>(null);
  const chart = useRef<HTMLDivElement>(null);
  const fingers = useRef(new Map<number, number>());
  const pressedAt = useRef<number | null>(null);
  useKeepTwoFingers(chart);

  const last = dataPoints.length - 1;
  const clamp = (at: number) => Math.min(last, Math.max(0, at));
  const at = place === null || last < 0 ? null : clamp(place.at);
  const range = at === null || place?.since == null ? null : readRange(dataPoints, clamp(place.since), at);

  const stopAt = (event: PointerEvent<HTMLElement>): number | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const width = box.width - insets.left - insets.right;
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - insets.left) / width));
    return findDataPoint(dataPoints, xDomain[0] + share * (xDomain[1] - xDomain[0]));
  };
  const point = (to: number | null, since: number | null) => {
    setPlace(to === null ? null : { at: to, since, isAnnounced: false });
  };
  const choose = (chosen: RangeReading | null) => {
    pressedAt.current = null;
    fingers.current.clear();
    if (chosen === null) return;
    setPlace(null);
    onRangeSelect(chosen.from, chosen.to);
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const here = stopAt(event);
    if (here === null || (event.pointerType === 'mouse' && event.button !== 0)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (event.pointerType === 'mouse') {
      pressedAt.current = here;
      point(here, null);
    } else {
      fingers.current.set(event.pointerId, here);
      point(here, otherFinger(fingers.current, event.pointerId));
    }
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const here = stopAt(event);
    if (event.pointerType === 'mouse') {
      point(here, pressedAt.current);
    } else if (here !== null && fingers.current.has(event.pointerId)) {
      fingers.current.set(event.pointerId, here);
      point(here, otherFinger(fingers.current, event.pointerId));
    }
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    fingers.current.delete(event.pointerId);
    choose(range);
  };
  const onPointerCancel = (event: PointerEvent<HTMLElement>) => {
    fingers.current.delete(event.pointerId);
    pressedAt.current = null;
    if (place?.since != null) setPlace(null);
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
    if (event.key === 'Escape') setPlace(null);
    if (event.key === 'Enter') choose(range);
    if (target === undefined || last < 0) return;
    event.preventDefault();
    const since = event.shiftKey ? (place?.since ?? here) : null;
    setPlace({ at: clamp(target), since, isAnnounced: true });
  };

  return {
    chart,
    dataPoint: at === null ? null : (dataPoints[at] ?? null),
    /** The other end of a range that is being chosen. */
    rangeStart: range === null || place?.since == null ? null : (dataPoints[clamp(place.since)] ?? null),
    range,
    isAnnounced: place?.isAnnounced ?? false,
    handlers: {
      onKeyDown,
      onPointerMove,
      onPointerDown,
      onPointerUp,
      onPointerCancel,
      // A lifted finger leaves the reading where it was; a mouse takes it along, unless it drags a range.
      onPointerLeave: (event: PointerEvent<HTMLElement>) => {
        if (event.pointerType === 'mouse' && pressedAt.current === null) setPlace(null);
      },
      // A tap or a click focuses as well, but has already chosen its day.
      onFocus: (event: FocusEvent<HTMLElement>) => {
        if (last >= 0 && event.currentTarget.matches(':focus-visible'))
          setPlace({ at: at ?? last, since: null, isAnnounced: true });
      },
      onBlur: () => setPlace(null),
    },
  };
}

function otherFinger(fingers: ReadonlyMap<number, number>, id: number): number | null {
  const other = [...fingers].find(([each]) => each !== id);
  return other === undefined ? null : other[1];
}

/** Two fingers choose a range, so the page must not scroll under them; one finger still scrolls it up and down. */
function useKeepTwoFingers(chart: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const element = chart.current;
    const keep = (event: TouchEvent) => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault();
    };
    // React listens passively, and a passive listener cannot keep the page from scrolling.
    element?.addEventListener('touchmove', keep, { passive: false });
    return () => element?.removeEventListener('touchmove', keep);
  }, [chart]);
}
