'use client';

import { useFormats } from '@/components/format/formats-context';
import { Badge } from '@/components/ui/badge';
import type { HistoryDocument, HistoryPoint, LiveValue } from '@/lib/domain/history';
import { ChangeLine } from './change-line';
import { describeCompleteness, describeKind } from './describe';
import { findLive, findNewestPoint } from './newest-value';

/**
 * The newest whole value with its day, a newer estimate beside it, what changed over the period and why, and the live value
 * apart. A total with a carried account in it is never the headline itself.
 */
export function PortfolioHeadline({ history }: { readonly history: HistoryDocument }) {
  const newest = findNewestPoint(history.points);
  const whole = findNewestPoint(history.points.filter((point) => point.kind !== 'estimated'));
  const live = findLive(history);
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-10 gap-y-6">
      <div className="min-w-0">
        <h1 className="text-sm font-medium text-ink-soft">Portfolio value</h1>
        {whole === null ? (
          <p className="mt-2 text-2xl font-semibold tracking-tight">No whole value is known for these days</p>
        ) : (
          <NewestValue point={whole} />
        )}
        {newest?.kind === 'estimated' && <NewerEstimate point={newest} />}
        <ChangeLine history={history} />
      </div>
      {live !== null && <Live live={live} />}
    </header>
  );
}

function NewestValue({ point }: { readonly point: HistoryPoint }) {
  const formats = useFormats();
  const { before, fraction, after } = formats.moneyParts(point.value);
  return (
    <>
      <p className="tabular mt-1 text-[clamp(2.5rem,9vw,4rem)] leading-[1.1] font-semibold tracking-[-0.035em]">
        {before}
        <span className="text-ink-faint">{fraction}</span>
        {after}
      </p>
      <p className="mt-1.5 text-sm text-ink-soft">
        <time dateTime={point.date}>{formats.longDate(point.date)}</time>,{' '}
        <span className="whitespace-nowrap">
          as of{' '}
          <time dateTime={point.asOf} title={formats.utc(point.asOf)}>
            {formats.instantOn(point.asOf, point.date)}
          </time>
        </span>
      </p>
      {point.kind !== 'daily_eod' && (
        <p className="mt-2.5">
          <Badge tone="neutral">{describeKind(point, formats)}</Badge>
        </p>
      )}
    </>
  );
}

function NewerEstimate({ point }: { readonly point: HistoryPoint }) {
  const formats = useFormats();
  return (
    <div className="tabular mt-2.5 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-sm">
      <p>
        Since then about <span className="font-medium">{formats.money(point.value)}</span> on{' '}
        {formats.date(point.date)}
      </p>
      <Badge tone="caution">
        {describeKind(point, formats)}
        {point.accountsPresent < point.accountsExpected && ` (${describeCompleteness(point)})`}
      </Badge>
    </div>
  );
}

function Live({ live }: { readonly live: LiveValue }) {
  const formats = useFormats();
  return (
    <div className="border-l-2 border-accent pl-4 sm:mt-1">
      <p className="flex items-center gap-2 text-sm font-medium text-accent">
        <span aria-hidden="true" className="size-2 rounded-full bg-accent ring-3 ring-accent-soft" />
        Live
      </p>
      <p className="tabular mt-0.5 text-xl font-semibold tracking-tight">{formats.money(live.value)}</p>
      <p className="mt-0.5 text-xs text-ink-soft">
        as of{' '}
        <time dateTime={live.asOf} title={formats.utc(live.asOf)}>
          {formats.instant(live.asOf)}
        </time>{' '}
        – not yet a day’s history
      </p>
    </div>
  );
}
