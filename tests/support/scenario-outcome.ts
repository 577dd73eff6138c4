import { readHeldValues } from '@/lib/coverage/store';
import { Exact } from '@/lib/domain/money';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { Kind } from '@/lib/domain/states';
import type { Instant } from '@/lib/domain/trading-date';
import type { HistoryDocument, HistorySummary, SummaryFigure } from '@/lib/history/document';
import { readCorrections } from '@/lib/history/store';
import type { ScenarioExpectation } from './scenario-file';
import type { WorkerHarness } from './worker-harness';

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  daily_eod: 'captured',
  reconstructed: 'reconstructed',
  estimated: 'estimated',
};

/** What the user and an administrator see at an instant, in the words in which a scenario file expects it. */
export async function readOutcome(harness: WorkerHarness, at: Instant): Promise<ScenarioExpectation> {
  const { points, gaps, live, summary } = await harness.history(at);
  const held = await readHeldValues(harness.stack.admin, { beforeId: null, limit: 100 });
  const corrections = await readCorrections(harness.stack.admin, {
    userId: harness.userId(),
    from: null,
    to: null,
    beforeId: null,
    limit: 200,
  });
  return {
    points: points.map(formatPoint),
    gaps: gaps.map(({ from, to, reason, final }) => {
      const days = from === to ? from : `${from} to ${to}`;
      return `${days}: ${formatReason(reason)}${final ? ', final' : ''}`;
    }),
    verdicts: await listVerdicts(harness),
    held: held
      .toSorted((one, other) => one.id - other.id)
      .map(({ date, account, total, reason, refutedBy }) => {
        const settled =
          refutedBy === null ? '' : `, refuted by ${refutedBy.date} ${formatMoney(refutedBy.total)}`;
        return `${date} ${account} ${formatMoney(total)}: ${formatReason(reason)}${settled}`;
      }),
    corrections: corrections.toReversed().map(({ date, oldValue, oldKind, newValue, newKind, reason }) => {
      const after = newKind === null ? 'withdrawn' : `${formatMoney(newValue)} ${KIND_WORDS[newKind]}`;
      return `${date} ${formatMoney(oldValue)} ${KIND_WORDS[oldKind]} -> ${after}: ${formatReason(reason)}`;
    }),
    latest: live === null ? null : `${formatMoney(live.value)} at ${formatInstant(live.asOf)}`,
    summary: formatSummary(summary),
  };
}

async function listVerdicts({ stack }: WorkerHarness): Promise<string[]> {
  const rows = await stack.sql<{ day: string; account: string; detail: string }[]>`
    select o.value_date::text as day, a.name as account, o.detail
    from fill_outcomes o
    join accounts a on a.id = o.account_id
    where o.detail is not null and not exists (
      select from account_values v
      where v.account_id = a.id and v.value_date = o.value_date and v.verdict = 'accepted' and v.superseded_by is null
    )
    order by o.value_date, a.name`;
  return rows.map(({ day, account, detail }) => `${day} ${account}: ${formatReason(detail)}`);
}

/** Each range of days among expected points as one line for each of its trading days. */
export function spellOutPoints(points: readonly string[]): readonly string[] {
  return points.flatMap((line) => {
    const [, from, to, rest] = /^(\S+) to (\S+) (.*)$/.exec(line) ?? [];
    if (from === undefined || to === undefined || rest === undefined) return [line];
    return tradingSessions(from, to).map(({ date }) => `${date} ${rest}`);
  });
}

function formatPoint({ date, value, kind, carried, leftOut }: HistoryDocument['points'][number]): string {
  const point = `${date} ${formatMoney(value)} ${KIND_WORDS[kind]}`;
  const exceptions = [
    ...carried.map(({ name, from }) => `${name} from ${from}`),
    ...leftOut.map(({ name }) => `without ${name}`),
  ];
  return exceptions.length === 0 ? point : `${point} (${exceptions.join(', ')})`;
}

function formatSummary(summary: HistorySummary): ScenarioExpectation['summary'] {
  const format = (figure: SummaryFigure, formatValue: (value: string) => string): string => {
    const value = summary[figure];
    return value === null
      ? `not available: ${formatReason(summary.notAvailable[figure] ?? 'unknown')}`
      : formatValue(value);
  };
  return {
    'value change': format('valueChange', formatMoney),
    'net deposits': format('netDeposits', formatMoney),
    'market change': format('marketChange', formatMoney),
    return: format('twr', formatPerCent),
    'money-weighted': format('mwr', formatPerCent),
    'deepest fall': format('maxDrawdown', formatPerCent),
    provisional: summary.provisional,
  };
}

/** Cents always, more digits only where there are any. */
function formatMoney(value: string | null): string {
  if (value === null) return 'unknown';
  const exact = new Exact(value);
  return exact.decimalPlaces() > 2 ? exact.toFixed() : exact.toFixed(2);
}

/** A decimal fraction in per cent, to two digits. */
function formatPerCent(fraction: string): string {
  const percent = new Exact(fraction).times(100).toFixed(2);
  return `${percent === '-0.00' ? '0.00' : percent} %`;
}

function formatReason(reason: string): string {
  return reason.replaceAll('_', ' ');
}

function formatInstant(instant: Instant): string {
  const clock = new Date(instant).toLocaleString('sv-SE', {
    timeZone: 'America/New_York',
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return `${clock} New York`;
}
