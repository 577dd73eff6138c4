import { ANY_CURRENCY, createFormats, type Formats } from '@/components/format/formats';
import { MOVEMENT_LABELS, VERDICT_WORDS } from '@/components/labels/states';
import type { Currency } from '@/lib/domain/money';
import type { DayEffect, ReadingQuestion, ReportedValue } from '@/lib/doubts/document';
import { AccountChart } from './account-chart';
import { VerdictForm } from './verdict-form';
import { askAbout, formatValue } from './words';

/** What administrators could settle about values: one question each, with its evidence and the effect of each answer. */
export function QuestionList({
  questions,
  locale,
  currency,
}: {
  readonly questions: readonly ReadingQuestion[];
  readonly locale: string;
  /** The user's own, in which their history is told. */
  readonly currency: Currency;
}) {
  return (
    <ul className="grid gap-4">
      {questions.map((question) => (
        <li
          key={question.readings[0]?.id}
          className="rounded-xl border border-caution-line bg-caution-soft p-4 text-sm"
        >
          <Question question={question} locale={locale} currency={currency} />
        </li>
      ))}
    </ul>
  );
}

function Question({
  question,
  locale,
  currency,
}: {
  readonly question: ReadingQuestion;
  readonly locale: string;
  readonly currency: Currency;
}) {
  const { account, institution, readings, before, after, reason, movements, line, effects } = question;
  const [first, ...others] = readings;
  const formats = createFormats(locale, currency);
  if (first === undefined) return null;
  return (
    <>
      <h3 className="tabular font-medium text-pretty">{askAbout(question, locale)}</h3>
      <p className="tabular text-pretty text-ink-soft">
        {account} at {institution}. {VERDICT_WORDS[reason]}
      </p>
      <dl className="tabular mt-2 grid gap-x-8 gap-y-1 sm:grid-cols-2">
        <Beside label="Before" value={before} locale={locale} />
        <Beside label="After" value={after} locale={locale} />
      </dl>
      <p className="mt-2 font-medium">Movements near it</p>
      {movements.length === 0 ? (
        <p className="text-ink-soft">None is known.</p>
      ) : (
        <ul className="tabular text-ink-soft">
          {movements.map(({ key, bookedOn, kind, amount, currency: own }) => (
            <li key={key}>
              {formats.date(bookedOn)}: {MOVEMENT_LABELS[kind]},{' '}
              {amount === null
                ? 'amount not known'
                : own === null
                  ? amount
                  : createFormats(locale, own).signedMoney(amount)}
            </li>
          ))}
        </ul>
      )}
      <AccountChart id={`question-${first.id}`} name={account} line={line} locale={locale} />
      {effects !== null && (
        <div className="mt-3 grid gap-3 sm:grid-cols-2">
          <Effect label="If accepted" days={effects.accept} formats={formats} />
          <Effect label="If rejected" days={effects.reject} formats={formats} />
        </div>
      )}
      <VerdictForm
        id={first.id}
        also={others.map(({ id }) => id)}
        canAccept={readings.every((reading) => reading.currency !== null)}
      />
    </>
  );
}

function Beside({
  label,
  value,
  locale,
}: {
  readonly label: string;
  readonly value: ReportedValue | null;
  readonly locale: string;
}) {
  const formats = createFormats(locale, value?.currency ?? ANY_CURRENCY);
  return (
    <div>
      <dt className="inline font-medium">{label}: </dt>
      <dd className="inline text-ink-soft">
        {value === null
          ? 'nothing that counts'
          : `${formatValue(value, locale)} on ${formats.date(value.date)}`}
      </dd>
    </div>
  );
}

const DAYS_SHOWN = 8;

/** What an answer would change of the user's published days. */
function Effect({
  label,
  days,
  formats,
}: {
  readonly label: string;
  readonly days: readonly DayEffect[];
  readonly formats: Formats;
}) {
  const money = (value: DayEffect['now']) => (value === null ? 'nothing' : formats.money(value));
  return (
    <div className="rounded-lg border border-hairline bg-surface p-3">
      <p className="font-medium">{label}</p>
      {days.length === 0 ? (
        <p className="text-ink-soft">No published day changes.</p>
      ) : (
        <ul className="tabular text-ink-soft">
          {days.slice(0, DAYS_SHOWN).map(({ date, now, next }) => (
            <li key={date}>
              {formats.date(date)}: {money(now)} becomes {money(next)}
            </li>
          ))}
          {days.length > DAYS_SHOWN && <li>and {formats.count(days.length - DAYS_SHOWN)} more days</li>}
        </ul>
      )}
    </div>
  );
}
