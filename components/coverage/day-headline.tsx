import { type Formats, formatShare } from '@/components/format/formats';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import type { CaptureProgress } from '@/lib/domain/schedule';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import { RefreshWhile } from './refresh-while';

/** Whether the last due trading day is complete: accounts of working connections against the target and its deadline. */
export interface DayHeadlineProps {
  readonly tradingDay: TradingDate;
  readonly deadline: Instant;
  readonly overdue: boolean;
  readonly target: number;
  readonly expected: number;
  readonly present: number;
  readonly brokenConnections: number;
  readonly progress: CaptureProgress & { readonly expectedEnd: Instant | null };
}

export function DayHeadline({ day, formats }: { readonly day: DayHeadlineProps; readonly formats: Formats }) {
  const { expected, present, target, overdue, deadline, progress, brokenConnections } = day;
  const isMet = present >= expected * target;
  return (
    <Card className="p-5 sm:p-6" aria-label="Last due trading day">
      <p className="text-sm text-ink-soft">{formats.longDate(day.tradingDay)}</p>
      <p className="mt-1 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="tabular text-4xl font-semibold tracking-tight">
          {expected === 0 ? '–' : formatShare(present, expected, formats.locale)}
        </span>
        <span className="tabular text-ink-soft">
          {expected === 0
            ? 'We don’t expect any account yet.'
            : `${formats.count(present)} of ${formats.count(expected)} accounts`}
        </span>
      </p>
      <p className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-ink-soft">
        {expected > 0 && (
          <Badge tone={isMet ? 'accent' : overdue ? 'caution' : 'neutral'}>
            {isMet ? 'Target met' : overdue ? 'Below target' : 'In progress'}
          </Badge>
        )}
        <span>
          Target {formatShare(target, 1, formats.locale)} by {formats.instant(deadline)}
        </span>
      </p>
      <CaptureClock progress={progress} missing={expected - present} formats={formats} />
      {brokenConnections > 0 && (
        <p className="mt-2 text-sm text-ink-soft">
          {brokenConnections === 1
            ? '1 broken connection waits for its user and does not count.'
            : `${formats.count(brokenConnections)} broken connections wait for their users and do not count.`}
        </p>
      )}
    </Card>
  );
}

/** How far the running capture is, and when it will be done at its pace so far. */
function CaptureClock({
  progress: { startedAt, answered, waiting, expectedEnd },
  missing,
  formats,
}: {
  readonly progress: DayHeadlineProps['progress'];
  readonly missing: number;
  readonly formats: Formats;
}) {
  if (startedAt === null) {
    return (
      <p className="mt-4 text-sm text-ink-soft">
        No run is in progress.{' '}
        {waiting > 0
          ? `${formats.count(waiting)} ${waiting === 1 ? 'connection waits' : 'connections wait'} for the next one.`
          : missing > 0
            ? 'We’ll retry missing days as scheduled.'
            : 'Nothing is waiting.'}
      </p>
    );
  }
  const total = answered + waiting;
  return (
    <div className="mt-4 text-sm">
      <RefreshWhile />
      <p className="flex flex-wrap justify-between gap-x-4">
        <span className="font-medium">Recording since {formats.time(startedAt)}</span>
        <span className="tabular text-ink-soft">
          {formats.count(answered)} of {formats.count(total)} connections
          {expectedEnd !== null && `, done about ${formats.time(expectedEnd)}`}
        </span>
      </p>
      <progress
        className="mt-2 h-2 w-full overflow-hidden rounded-full accent-accent"
        aria-label="Connections that were read"
        value={answered}
        max={Math.max(total, 1)}
      />
    </div>
  );
}
