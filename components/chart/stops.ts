import type {
  Correction,
  HistoryFlow,
  HistoryGap,
  HistoryPoint,
  IntradayPoint,
  LiveValue,
} from '@/lib/history/document';

/** A gap's slots on the x axis, both inclusive. */
export interface GapBand {
  readonly from: number;
  readonly to: number;
  readonly gap: HistoryGap;
}

/** What happened on the day or days of a stop: money in or out, and published values that changed. */
export interface StopEvents {
  readonly flows: readonly HistoryFlow[];
  readonly corrections: readonly Correction[];
}

/** A day; its value, a number for pixels, is null where the measure cannot be told of it. */
export interface PointStop extends StopEvents {
  readonly type: 'point';
  readonly index: number;
  readonly value: number | null;
  readonly point: HistoryPoint;
}

export interface GapStop extends StopEvents {
  readonly type: 'gap';
  readonly index: number;
  readonly band: GapBand;
}

/** An instant since the last close, which is no day yet. */
export interface TodayStop {
  readonly type: 'today';
  readonly index: number;
  readonly value: number;
  readonly point: IntradayPoint;
}

export interface LiveStop {
  readonly type: 'live';
  readonly index: number;
  readonly value: number;
  readonly live: LiveValue;
}

/** What the reader can stop at: a day, a whole gap, an instant since the last close, or the live value. */
export type Stop = PointStop | GapStop | TodayStop | LiveStop;
