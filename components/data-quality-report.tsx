'use client';

import { FormatsProvider, useFormats } from '@/components/format/formats-context';
import { KIND_LABELS, MISSING_LABEL, VERDICT_WORDS } from '@/components/labels/states';
import type { AccountMatch } from '@/lib/connections/document';
import type { CurrentDecision, OpenQuestions } from '@/lib/doubts/document';
import type { AccountQuality, Correction, HistoryDocument } from '@/lib/history/document';
import { GapList } from './chart/gap-list';
import { AccountQuestions } from './doubts/account-questions';
import { DecidedList } from './doubts/decided-list';
import { countLeftOut } from './doubts/left-out';
import { MovementList } from './doubts/movement-list';
import { askAbout } from './doubts/words';
import { CorrectionList } from './portfolio/correction-list';
import { EmptyPortfolio } from './portfolio/empty-portfolio';
import { Badge } from './ui/badge';

/** How far a user can trust their line: what each kind means and counts, each account's last reading, what changed. */
export function DataQualityReport({
  history,
  accounts,
  corrections,
  questions,
  matches,
  decisions,
  locale,
}: {
  /** The document of all time. */
  readonly history: HistoryDocument;
  readonly accounts: readonly AccountQuality[];
  readonly corrections: readonly Correction[];
  readonly questions: OpenQuestions;
  readonly matches: readonly AccountMatch[];
  readonly decisions: readonly CurrentDecision[];
  readonly locale: string;
}) {
  return (
    <FormatsProvider locale={locale} currency={history.currency}>
      <div className="flex flex-col gap-10">
        <header>
          <h1 className="text-2xl font-semibold tracking-tight">How reliable is this chart?</h1>
          <p className="mt-2 max-w-prose text-ink-soft">
            A day is only as reliable as its least reliable account. We never show a total with an account
            missing as a complete one, and where we have no value for a day, the line stops.
          </p>
        </header>
        {accounts.length === 0 ? (
          <EmptyPortfolio connectionsHref="/connections" />
        ) : (
          <>
            <Doubts history={history} questions={questions} matches={matches} />
            <UnnamedAccounts accounts={questions.accounts} />
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

/** What is open about the history, in words: values that are held, accounts that may be one, days without an account. */
function Doubts({
  history: { points },
  questions: { readings },
  matches,
}: {
  readonly history: HistoryDocument;
  readonly questions: OpenQuestions;
  readonly matches: readonly AccountMatch[];
}) {
  const formats = useFormats();
  const leftOut = countLeftOut(points);
  if (readings.length + matches.length + leftOut.length === 0) return null;
  return (
    <section aria-labelledby="doubts">
      <h2 id="doubts" className="text-base font-semibold">
        Open questions
      </h2>
      <ul className="tabular mt-2 divide-y divide-hairline border-y border-hairline text-sm text-pretty">
        {readings.map((question) => (
          <li key={question.readings[0]?.id} className="py-3">
            <p className="font-medium">{askAbout(question, formats.locale)}</p>
            <p className="text-ink-soft">
              {question.account} at {question.institution} reported it. {VERDICT_WORDS[question.reason]} It
              does not count until later values confirm it or our support has checked it.
            </p>
          </li>
        ))}
        {matches.map(({ id, account, candidate }) => (
          <li key={id} className="py-3">
            <p className="font-medium">
              Are {account.name} at {account.institution} and {candidate.name} at {candidate.institution} one
              account?
            </p>
            <p className="text-ink-soft">
              Only you can know.{' '}
              <a href="/connections" className="text-accent underline-offset-4 hover:underline">
                Answer on the page Connections
              </a>
            </p>
          </li>
        ))}
        {leftOut.map(({ accountId, name, days, from, to }) => (
          <li key={accountId} className="py-3">
            <p className="font-medium">
              {days === 1 ? 'One day is' : `${formats.count(days)} days are`} without {name}
            </p>
            <p className="text-ink-soft">
              {formats.dateRange(from, to)}. It was linked later, and what it was worth on{' '}
              {days === 1 ? 'that day' : 'those days'} is not known.
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function UnnamedAccounts({ accounts }: { readonly accounts: OpenQuestions['accounts'] }) {
  if (accounts.length === 0) return null;
  return (
    <section aria-labelledby="unnamed">
      <h2 id="unnamed" className="text-base font-semibold">
        {accounts.length === 1 ? 'An account of an unknown kind' : 'Accounts of an unknown kind'}
      </h2>
      <div className="mt-3">
        <AccountQuestions accounts={accounts} asker="owner" />
      </div>
    </section>
  );
}

function Movements({ movements }: { readonly movements: OpenQuestions['movements'] }) {
  const { locale } = useFormats();
  if (movements.length === 0) return null;
  return (
    <section aria-labelledby="movements">
      <h2 id="movements" className="text-base font-semibold">
        {movements.length === 1 ? 'A movement we don’t know' : 'Movements we don’t know'}
      </h2>
      <div className="mt-3">
        <MovementList movements={movements} asker="owner" locale={locale} />
      </div>
    </section>
  );
}

function Decisions({ decisions }: { readonly decisions: readonly CurrentDecision[] }) {
  const { locale } = useFormats();
  if (decisions.length === 0) return null;
  return (
    <section aria-labelledby="decisions">
      <h2 id="decisions" className="text-base font-semibold">
        Decisions
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
                    : `Last value: ${formats.date(account.lastValueOn)}, read ${formats.instant(account.lastAsOf)}`}
                </span>
                {account.status === 'disabled' && <Badge tone="caution">Reconnect needed</Badge>}
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
