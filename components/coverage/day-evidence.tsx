import Link from 'next/link';
import { createFormats, type Formats } from '@/components/format/formats';
import { DAY_LABELS, GAP_LABELS, KIND_LABELS, nameSource, VERDICT_WORDS } from '@/components/labels/states';
import { Badge } from '@/components/ui/badge';
import type { CoverageDay, DayObservation, DayOutcome, DaySnapshot } from '@/lib/coverage/document';
import type { Amount, Currency } from '@/lib/domain/money';
import type { VerdictCode } from '@/lib/domain/states';

/** All that is known of one account's day: the last outcome, and every observation, superseded ones too. */
export function DayAccount({
  account,
  formats,
}: {
  readonly account: CoverageDay['accounts'][number];
  readonly formats: Formats;
}) {
  const { name, institution, provider, status, isExpected, outcome, observations } = account;
  return (
    <li className="rounded-xl border border-hairline bg-surface p-4 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{name}</span>
        <span className="text-ink-soft">
          at {institution}, by {nameSource(provider)}
        </span>
        {!isExpected && <Badge>Not expected on this day</Badge>}
        {status === 'disabled' && <Badge tone="caution">{GAP_LABELS.connection_broken.label}</Badge>}
      </p>
      {outcome !== null && <Outcome outcome={outcome} formats={formats} />}
      {observations.length === 0 ? (
        <p className="mt-2 text-ink-soft">We never received a value.</p>
      ) : (
        <ol className="mt-3 divide-y divide-hairline border-t border-hairline">
          {observations.map((observation) => (
            <Observation key={observation.id} observation={observation} formats={formats} />
          ))}
        </ol>
      )}
    </li>
  );
}

function Outcome({ outcome, formats }: { readonly outcome: DayOutcome; readonly formats: Formats }) {
  const { reason, detail, final, attempts, lastAttemptAt, nextAttemptAt } = outcome;
  return (
    <p className="mt-2 text-ink-soft">
      <span className="font-medium text-ink">{DAY_LABELS[reason].label}</span> after{' '}
      {attempts === 1 ? '1 attempt' : `${formats.count(attempts)} attempts`}, the last{' '}
      {formats.instant(lastAttemptAt)}. {detail === null ? DAY_LABELS[reason].meaning : VERDICT_WORDS[detail]}{' '}
      {final
        ? 'Final, unless somebody asks again.'
        : nextAttemptAt === null
          ? 'We’ll ask again in the next run.'
          : `Next attempt ${formats.instant(nextAttemptAt)}.`}
    </p>
  );
}

function Observation({
  observation,
  formats,
}: {
  readonly observation: DayObservation;
  readonly formats: Formats;
}) {
  const { total, cash, costBasis, currency, kind, source, asOf, observedAt, runId } = observation;
  const money = (amount: Amount) => formatMoney(amount, currency, formats.locale);
  return (
    <li className="py-2.5">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="tabular font-medium">{total === null ? 'No total' : money(total)}</span>
        <Verdict observation={observation} />
        <span className="text-ink-soft">
          {KIND_LABELS[kind].label}, {nameSource(source)}
        </span>
      </p>
      <p className="tabular text-ink-soft">
        True {formats.instant(asOf)}; recorded {formats.instant(observedAt)}
        {runId !== null && (
          <>
            {' '}
            by{' '}
            <Link href={`/admin/runs/${runId}`} className="text-accent underline-offset-4 hover:underline">
              this run
            </Link>
          </>
        )}
        {cash !== null && `. Cash ${money(cash)}`}
        {costBasis !== null && `. Cost ${money(costBasis)}`}
      </p>
    </li>
  );
}

function Verdict({ observation }: { readonly observation: DayObservation }) {
  const { verdict, reason, supersededBy } = observation;
  if (verdict === 'accepted')
    return supersededBy === null ? <Badge tone="accent">Current</Badge> : <Badge>Superseded</Badge>;
  return (
    <>
      <Badge tone="caution">{verdict === 'held' && reason !== 'rejected' ? 'Held' : 'Rejected'}</Badge>
      {reason !== null && <span className="text-ink-soft">{describeReason(reason)}</span>}
    </>
  );
}

function describeReason(reason: string): string {
  return isVerdict(reason) ? VERDICT_WORDS[reason] : reason;
}

function isVerdict(text: string): text is VerdictCode {
  return text in VERDICT_WORDS;
}

function formatMoney(amount: Amount, currency: Currency | null, locale: string): string {
  return currency === null ? `${amount}, currency not known` : createFormats(locale, currency).money(amount);
}

/** What was published of a day, and when. */
export function DaySnapshots({
  snapshots,
  locale,
}: {
  readonly snapshots: readonly DaySnapshot[];
  readonly locale: string;
}) {
  if (snapshots.length === 0) return <p className="text-sm text-ink-soft">No value was ever published.</p>;
  return (
    <ul className="divide-y divide-hairline border-y border-hairline text-sm">
      {snapshots.map((snapshot) => {
        const formats = createFormats(locale, snapshot.currency);
        return (
          <li key={snapshot.kind} className="py-3">
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="tabular font-medium">{formats.money(snapshot.value)}</span>
              <Badge tone={snapshot.isCurrent ? 'accent' : 'neutral'}>
                {snapshot.isCurrent ? 'Current' : 'Superseded'}
              </Badge>
              <span className="text-ink-soft">
                {KIND_LABELS[snapshot.kind].label}, {formats.count(snapshot.accountsPresent)} of{' '}
                {formats.count(snapshot.accountsExpected)} accounts
              </span>
            </p>
            <p className="tabular text-ink-soft">
              Published {formats.instant(snapshot.createdAt)}
              {snapshot.updatedAt !== snapshot.createdAt &&
                `, changed ${formats.instant(snapshot.updatedAt)}`}
              . True {formats.instant(snapshot.asOf)}.
              {snapshot.carried
                .map(({ name, from }) => ` ${name} carried from ${formats.date(from)}.`)
                .join('')}
              {snapshot.leftOut.map(({ name }) => ` Without ${name}, linked later.`).join('')}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
