import type { Formats } from '@/components/format/formats';
import { GAP_LABELS, nameOrigin } from '@/components/labels/states';
import { withoutSign } from '@/components/portfolio/value-change';
import { type Amount, addAmounts, roundToAmount, subtractAmounts } from '@/lib/domain/amount';
import type { Measure } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import type {
  Correction,
  HistoryFlow,
  HistoryGap,
  HistoryPoint,
  IntradayPoint,
  LiveValue,
} from '@/lib/history/document';
import {
  describeCompleteness,
  describeCorrections,
  describeDays,
  describeFlows,
  describeGapDates,
  describeKind,
  describeOutlook,
} from './descriptions';

/** A gap's slots on the x axis, both inclusive. */
export interface GapBand {
  readonly from: number;
  readonly to: number;
  readonly gap: HistoryGap;
}

/** What happened on the day or days of a data point: money in or out, and published values that changed. */
export interface DayEvents {
  readonly flows: readonly HistoryFlow[];
  readonly corrections: readonly Correction[];
}

/** A day; its value, a number for pixels, is null where the measure is not known. */
export interface DayPoint extends DayEvents {
  readonly type: 'point';
  readonly index: number;
  readonly value: number | null;
  readonly point: HistoryPoint;
  /** The day before; null at the start and after a gap. */
  readonly before: HistoryPoint | null;
}

export interface GapPoint extends DayEvents {
  readonly type: 'gap';
  readonly index: number;
  readonly band: GapBand;
}

/** An instant since the last close, which is no day yet. */
export interface SessionPoint {
  readonly type: 'today';
  readonly index: number;
  readonly value: number;
  readonly point: IntradayPoint;
}

export interface LivePoint {
  readonly type: 'live';
  /** Live only while the market is open; else it is what was read last. */
  readonly name: 'Live' | 'Last read';
  readonly index: number;
  readonly value: number;
  readonly live: LiveValue;
}

/** What the accounts that are known were worth together on a day without a total. */
export interface KnownPartPoint {
  readonly index: number;
  readonly value: number;
  readonly date: TradingDate;
  /** The names of the accounts that are not in it. */
  readonly without: readonly string[];
}

/** What can be read: a day, a whole gap, an instant since the last close, or the live value. */
export type DataPoint = DayPoint | GapPoint | SessionPoint | LivePoint;

/** What the chart shows of one data point; lines after the first two are details. */
export interface Reading {
  readonly when: string;
  readonly value: string | null;
  readonly how: string;
  readonly details: readonly string[];
}

/** What the headline shows of a data point while it is read. */
export interface HeadlineReading {
  readonly when: string;
  /** Null in a gap. */
  readonly value: string | null;
  readonly how: string;
  /** The change since the start; null where there is none. */
  readonly change: string | null;
}

/** What a data point is read with: the measure, the first day, from which changes are measured, and the benchmark by slot. */
interface ReadingContext {
  readonly measure: Measure;
  readonly first: HistoryPoint | null;
  readonly benchmark: { readonly name: string; readonly values: ReadonlyMap<number, number> } | null;
  /** Whose accounts are shown. */
  readonly brokerages: readonly string[];
  /** The reader's own words by day. */
  readonly notes: ReadonlyMap<TradingDate, string>;
  /** What known accounts were worth on days without a total. */
  readonly knownPart: readonly (readonly KnownPartPoint[])[];
}

/** Everything there is to read at a data point. */
export function readDataPoint(dataPoint: DataPoint, context: ReadingContext, formats: Formats): Reading {
  switch (dataPoint.type) {
    case 'point':
      return readPoint(dataPoint, context, formats);
    case 'gap':
      return readGap(dataPoint, context, formats);
    case 'today':
      return {
        when: formats.instant(dataPoint.point.at),
        value: formats.money(dataPoint.point.value),
        how: 'Today so far',
        details: ['Not a closing value yet'],
      };
    case 'live':
      return {
        when: dataPoint.name,
        value: formats.money(dataPoint.live.value),
        how: 'Today so far, not a closing value yet',
        details: [
          `${nameOrigin(dataPoint.live.source, context.brokerages)}, as of ${formats.instant(dataPoint.live.asOf)}`,
        ],
      };
  }
}

/** What the headline shows of a data point. */
export function readForHeadline(
  dataPoint: DataPoint,
  context: ReadingContext,
  formats: Formats,
): HeadlineReading {
  const { when, value, how } = readDataPoint(dataPoint, context, formats);
  const change =
    dataPoint.type === 'point' ? describeSinceStart(dataPoint.point, context.first, formats) : null;
  return { when, value, how, change };
}

/** A reading as one announcement. */
export function speakReading(reading: Reading): string {
  const parts = [reading.when, reading.value, reading.how, ...reading.details];
  return parts
    .filter((part) => part !== null)
    .map((part) => part.replace(/\.$/, ''))
    .join('. ');
}

function readPoint(dataPoint: DayPoint, context: ReadingContext, formats: Formats): Reading {
  const { point } = dataPoint;
  const partial = point.accountsPresent < point.accountsExpected ? [describeCompleteness(point)] : [];
  const { value, details } = readMeasure(dataPoint, context, formats);
  return {
    when: formats.longDate(point.date),
    value,
    how: describeKind(point, formats),
    details: [
      ...describeNote(context.notes.get(point.date)),
      ...details,
      ...describeFlows(dataPoint.flows, formats),
      ...readChanges(dataPoint, context, formats),
      ...readBenchmark(dataPoint, context, formats),
      ...partial,
      `${nameOrigin(point.source, context.brokerages)}, as of ${formats.instantOn(point.asOf, point.date)}`,
      ...describeCorrections(dataPoint.corrections, formats),
    ],
  };
}

function readGap(
  { band, flows, corrections }: GapPoint,
  { knownPart }: ReadingContext,
  formats: Formats,
): Reading {
  const { gap } = band;
  const known = knownPart.flat().findLast(({ index }) => index >= band.from && index <= band.to);
  const amount = known === undefined ? null : roundToAmount(known.value, 2);
  return {
    when: describeGapDates(gap, formats),
    value: null,
    how: `${GAP_LABELS[gap.reason].label}: no value for ${describeDays(gap.days, formats)}`,
    details: [
      ...(known === undefined || amount === null
        ? []
        : [
            `Known accounts ${formats.money(amount)} on ${formats.date(known.date)}, without ${known.without.join(', ')}`,
          ]),
      GAP_LABELS[gap.reason].meaning,
      describeOutlook(gap, formats),
      ...describeFlows(flows, formats),
      ...describeCorrections(corrections, formats),
    ],
  };
}

function describeNote(text: string | undefined): string[] {
  return text === undefined ? [] : [`Note: ${text}`];
}

function readMeasure(
  { point }: DayPoint,
  { measure, first }: ReadingContext,
  formats: Formats,
): { value: string; details: string[] } {
  const money = formats.money(point.value);
  switch (measure) {
    case 'value':
      return { value: money, details: [] };
    case 'return':
      return {
        value: point.twr === null ? 'No return' : formats.signedPercent(point.twr),
        details: [`Value ${money}`],
      };
    case 'drawdown':
      return {
        value: point.drawdown === null ? 'No drop known' : formats.signedPercent(point.drawdown),
        details: [`Value ${money}`],
      };
    case 'deposits':
      return {
        value: money,
        details: readDeposits(point.value, point.netDeposits, first?.value ?? null, formats),
      };
  }
}

function readDeposits(
  value: Amount,
  netDeposits: Amount | null,
  firstValue: Amount | null,
  formats: Formats,
): string[] {
  if (netDeposits === null || firstValue === null) return ['We don’t know the money invested'];
  const paidIn = addAmounts(firstValue, netDeposits);
  const gain = subtractAmounts(value, paidIn);
  const word = gain.startsWith('-') ? 'Loss' : 'Gain';
  return [`Money invested ${formats.money(paidIn)}`, `${word} ${formats.money(withoutSign(gain))}`];
}

/** What changed since the day before, and since the first day. */
function readChanges({ point, before }: DayPoint, { first }: ReadingContext, formats: Formats): string[] {
  const day = before === null ? null : `Day’s change ${describeChangeBetween(before, point, formats)}`;
  return [day, describeSinceStart(point, first, formats)].filter((line) => line !== null);
}

function describeSinceStart(
  point: HistoryPoint,
  first: HistoryPoint | null,
  formats: Formats,
): string | null {
  if (first === null || first.date >= point.date) return null;
  return `Since ${formats.date(first.date)} ${describeChangeBetween(first, point, formats)}`;
}

/** A change of value, and beside it the return, which no deposit makes larger. */
function describeChangeBetween(from: HistoryPoint, to: HistoryPoint, formats: Formats): string {
  const change = formats.signedMoney(subtractAmounts(to.value, from.value));
  const growth = growthBetween(from, to);
  return growth === null ? change : `${change}, return ${formats.signedPercent(growth)}`;
}

/** Growth is linked, so that between two days it is the later one over the earlier. */
export function growthBetween(from: HistoryPoint, to: HistoryPoint): Amount | null {
  if (from.twr === null || to.twr === null || from.returnSince !== to.returnSince) return null;
  const base = 1 + Number(from.twr);
  return base <= 0 ? null : roundToAmount((1 + Number(to.twr)) / base - 1, 8);
}

function readBenchmark(
  { index }: DayPoint,
  { measure, benchmark }: ReadingContext,
  formats: Formats,
): string[] {
  const value = benchmark?.values.get(index);
  const amount = value === undefined ? null : roundToAmount(value, 8);
  if (benchmark === null || amount === null) return [];
  return [`${benchmark.name} ${measure === 'value' ? formats.money(amount) : formats.signedPercent(amount)}`];
}
