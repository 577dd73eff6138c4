import { GainAreas, Wash } from './chart-areas';
import type { Drawing } from './drawing';
import { EventMarks } from './event-marks';
import { GapBands } from './gap-bands';
import { KnownLines, LonePoints } from './known-lines';
import { LiveMark } from './live-mark';
import type { Plane } from './plane';
import { ReferenceLines, ReferenceNames } from './reference-layer';
import { TodayLine } from './today-line';

/** All that is drawn inside the axes, from back to front. */
export function ChartLayers({ drawing, plane }: { readonly drawing: Drawing; readonly plane: Plane }) {
  const { series, segments } = drawing;
  return (
    <>
      <GapBands bands={series.bands} plane={plane} />
      <Wash drawing={drawing} plane={plane} />
      <GainAreas drawing={drawing} plane={plane} />
      <ReferenceLines drawing={drawing} plane={plane} />
      <KnownLines segments={segments} plane={plane} />
      <LonePoints points={series.lonePoints} plane={plane} />
      <TodayLine drawing={drawing} plane={plane} />
      <EventMarks stops={series.stops} plane={plane} />
      <ReferenceNames drawing={drawing} plane={plane} />
      <LiveMark stops={series.stops} plane={plane} />
    </>
  );
}
