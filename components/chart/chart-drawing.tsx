'use client';

import { memo, useEffect, useRef, useState } from 'react';
import { Axes, type AxesPlace, chooseDateStep } from './axes';
import { ChartLayers, GapHatch } from './layers';
import type { ChartLayout, PlotArea } from './layout';
import { AreaFill, GainAreas, KnownLines, ReferenceLines } from './lines';

/** The unit square of a chart whose size is not known yet. */
const SIZE = 1000;

/** Everything about the chart that does not follow the pointer; drawn once per document, measure and size. */
export const ChartDrawing = memo(function ChartDrawing({ layout }: { readonly layout: ChartLayout }) {
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  return (
    <div ref={box} className="absolute inset-0">
      {size === null ? <StretchedChart layout={layout} /> : <MeasuredChart layout={layout} size={size} />}
    </div>
  );
});

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The box in pixels, followed while it changes; null until it has been measured, and so on the server. */
function useSize(box: React.RefObject<HTMLElement | null>): Size | null {
  const [size, setSize] = useState<Size | null>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {};
      if (width > 0 && height > 0) setSize({ width, height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return size;
}

/** The chart with all that is written in it. On paper, which is never measured, it is scaled to its place. */
function MeasuredChart({ layout, size }: { readonly layout: ChartLayout; readonly size: Size }) {
  const plotArea = plotAreaWithin(size, layout);
  const place: AxesPlace = {
    ...plotArea,
    right: plotArea.left + plotArea.width,
    bottom: plotArea.top + plotArea.height,
  };
  return (
    <svg aria-hidden="true" data-drawn="" viewBox={`0 0 ${size.width} ${size.height}`} className="size-full">
      <Axes layout={layout} place={place} dateStep={chooseDateStep(layout.dateTicks, plotArea)} />
      <ChartLayers layout={layout} plotArea={plotArea} />
    </svg>
  );
}

function plotAreaWithin(size: Size, { series, scale, insets }: ChartLayout): PlotArea {
  const width = Math.max(1, size.width - insets.left - insets.right);
  const height = Math.max(1, size.height - insets.top - insets.bottom);
  const [first, last] = series.xDomain;
  const [low, high] = scale.domain;
  return {
    x: (index) => insets.left + ((index - first) / (last - first)) * width,
    y: (value) => insets.top + ((high - value) / (high - low)) * height,
    left: insets.left,
    top: insets.top,
    width,
    height,
  };
}

/**
 * The chart in the first response of the server, before or without any script. Its size is not known there, so lines are
 * stretched to their place, which strokes ignore; axes and hatching, which stretching would spoil, stand at percentages.
 */
function StretchedChart({ layout }: { readonly layout: ChartLayout }) {
  const { series, segments, insets } = layout;
  const area = plotAreaWithin(
    { width: SIZE, height: SIZE },
    { ...layout, insets: { left: 0, right: 0, top: 0, bottom: 0 } },
  );
  const percent = (length: number) => `${Math.round(length * 10) / 100}%`;
  const place: AxesPlace = {
    x: (index) => percent(area.x(index)),
    y: (value) => percent(area.y(value)),
    left: 0,
    right: '100%',
    top: 0,
    bottom: '100%',
  };
  const style = {
    left: insets.left,
    top: insets.top,
    width: `calc(100% - ${insets.left + insets.right}px)`,
    height: `calc(100% - ${insets.top + insets.bottom}px)`,
  };
  return (
    <>
      <svg aria-hidden="true" className="absolute overflow-visible" style={style}>
        <GapHatch />
        {series.bands.map((band) => (
          <rect
            key={band.from}
            data-gap={band.gap.reason}
            x={place.x(band.from - 0.5)}
            width={percent(area.x(band.to + 0.5) - area.x(band.from - 0.5))}
            height="100%"
            fill="url(#gap-hatch)"
          />
        ))}
        <Axes layout={layout} place={place} dateStep={null} />
      </svg>
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${SIZE} ${SIZE}`}
        preserveAspectRatio="none"
        className="absolute"
        style={style}
      >
        <AreaFill layout={layout} plotArea={area} />
        <GainAreas layout={layout} plotArea={area} />
        <ReferenceLines layout={layout} plotArea={area} />
        <KnownLines segments={segments} plotArea={area} />
      </svg>
    </>
  );
}
