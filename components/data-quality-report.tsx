'use client';

import { FormatsProvider, useFormats } from '@/components/format/formats-context';
import { KIND_LABELS, MISSING_LABEL } from '@/components/labels/states';
import type { OpenQuestions, StandingDecision } from '@/lib/doubts/document';
import type { AccountQuality, Correction, HistoryDocument } from '@/lib/history/document';
import { GapList } from './chart/gap-list';
import { DecidedList } from './doubts/decided-list';
import { MovementList } from './doubts/movement-list';
import { CorrectionList } from './portfolio/correction-list';
import { EmptyPortfolio } from './portfolio/empty-portfolio';
import { Badge } from './ui/badge';

/** How far a user can trust their line: what each kind means and counts, each account's last reading, what changed. */
export function DataQualityReport({
  history,
  accounts,
  corrections,
  questions,
  decisions,
  locale,
}: {
  /** The document of all time. */
  readonly history: HistoryDocument;
  readonly accounts: readonly AccountQuality[];
  readonly corrections: readonly Correction[];
  readonly questions: OpenQuestions;
  readonly decisions: readonly StandingDecision[];
  readonly locale: string;
}) {
  return (
    <FormatsProvider locale={locale} currency={history.currency}>
      <div className="flex flex-col gap-10">
        <header>
          <h1 className="text-2xl font-semibold tracking-tight">How far can I trust a point?</h1>
          <p className="mt-2 max-w-prose text-ink-soft">
            A day is as good as its worst account. A total in which an account is missing is never shown as a
            whole one, and no line is drawn through days that nobody knows.
          </p>
        </header>
        {accounts.length === 0 ? (
          <EmptyPortfolio connectionsHref="/connections" />
        ) : (
          <>
            <Movements movements={questions.movements} />
            <Days history={history} />
            <Accounts accounts={accounts} />
            <GapList gaps={history.gaps} />
            <Decisions decisions={decisions} />
            <CorrectionList corrections={corrections} />
          </>
        )}
      </div>
    </FormatsProvider>
  );
}

function Movements({ movements }: { readonly movements: OpenQuestions['movements'] }) {
  const { locale } = useFormats();
  if (movements.length === 0) return null;
  return (
    <section aria-labelledby="movements">
      <h2 id="movements" className="text-base font-semibold">
        {movements.length === 1 ? 'A movement that we do not know' : 'Movements that we do not know'}
      </h2>
      <div className="mt-3">
        <MovementList movements={movements} asker="owner" locale={locale} />
      </div>
    </section>
  );
}

function Decisions({ decisions }: { readonly decisions: readonly StandingDecision[] }) {
  const { locale } = useFormats();
  if (decisions.length === 0) return null;
  return (
    <section aria-labelledby="decisions">
      <h2 id="decisions" className="text-base font-semibold">
        What people decided
      </h2>
      <div className="mt-2">
        <DecidedList decisions={decisions} asker="owner" locale={locale} />
      </div>
    </section>
  );
}

function Days({ history: { coverage, from } }: { readonly history: HistoryDocument }) {
  const formats = useFormats();
  const { byKind, expectedDays, presentDays } = coverage;
  const rows = [
    { ...KIND_LABELS.daily_eod, days: byKind.daily_eod },
    { ...KIND_LABELS.reconstructed, days: byKind.reconstructed },
    { ...KIND_LABELS.estimated, days: byKind.estimated },
    { ...MISSING_LABEL, days: expectedDays - presentDays },
  ];
  return (
    <section aria-labelledby="days">
      <h2 id="days" className="text-base font-semibold">
        {formats.count(expectedDays)} trading days since {formats.date(from)}
      </h2>
      <dl className="mt-2 divide-y divide-hairline border-y border-hairline text-sm">
        {rows.map(({ label, meaning, days }) => (
          <div key={label} className="grid gap-x-8 gap-y-0.5 py-3 sm:grid-cols-[15rem_1fr]">
            <dt className="tabular font-medium">
              {label}: {formats.count(days)}
            </dt>
            <dd className="text-ink-soft">{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Accounts({ accounts }: { readonly accounts: readonly AccountQuality[] }) {
  const formats = useFormats();
  return (
    <section aria-labelledby="accounts">
      <h2 id="accounts" className="text-base font-semibold">
        Accounts
      </h2>
      <ul className="mt-2 divide-y divide-hairline border-y border-hairline text-sm">
        {accounts.map((account) => (
          <li
            key={`${account.institution} ${account.name} ${account.firstKnownOn}`}
            className="grid gap-x-8 gap-y-0.5 py-3 sm:grid-cols-[15rem_1fr]"
          >
            <div>
              <p className="font-medium">{account.name}</p>
              <p className="text-ink-soft">{account.institution}</p>
            </div>
            <div className="tabular">
              <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                <span>
                  {account.lastValueOn === null || account.lastAsOf === null
                    ? 'No value yet'
                    : `Last good value: ${formats.date(account.lastValueOn)}, read ${formats.instant(account.lastAsOf)}`}
                </span>
                {account.status === 'disabled' && <Badge tone="caution">Connection broken</Badge>}
                {account.closedOn !== null && <Badge>Closed {formats.date(account.closedOn)}</Badge>}
                {account.heldValues > 0 && (
                  <Badge tone="caution">
                    {account.heldValues === 1
                      ? '1 value is held'
                      : `${formats.count(account.heldValues)} values are held`}
                  </Badge>
                )}
              </p>
              <p className="text-ink-soft">Known since {formats.date(account.firstKnownOn)}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
