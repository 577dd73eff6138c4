'use client';

import { type FormEvent, useId, useState } from 'react';
import { ANY_CURRENCY, createFormats } from '@/components/format/formats';
import { MOVEMENT_LABELS } from '@/components/labels/states';
import { Button } from '@/components/ui/button';
import { FIELD } from '@/components/ui/field';
import { KNOWN_MOVEMENT_KINDS } from '@/lib/domain/reconcile/evidence';
import type { MovementQuestion } from '@/lib/doubts/document';
import { ReasonField, readReason } from './reason-field';
import { type Asker, movementHref, useDecision } from './use-decision';

/** Movements that nobody knows, each with the form in which somebody can say what it was. */
export function MovementList({
  movements,
  asker,
  locale,
}: {
  readonly movements: readonly MovementQuestion[];
  readonly asker: Asker;
  readonly locale: string;
}) {
  return (
    <ul className="grid gap-4">
      {movements.map((movement) => (
        <li
          key={movement.rowId}
          className="rounded-xl border border-caution-line bg-caution-soft p-4 text-sm text-pretty"
        >
          <MovementWords movement={movement} locale={locale} />
          <MovementForm movement={movement} asker={asker} />
        </li>
      ))}
    </ul>
  );
}

function MovementWords({
  movement: { account, institution, bookedOn, kind, word, description, amount, currency, hides },
  locale,
}: {
  readonly movement: MovementQuestion;
  readonly locale: string;
}) {
  const formats = createFormats(locale, currency ?? ANY_CURRENCY);
  const what =
    kind === 'unclassified' ? 'Something moved' : `A ${MOVEMENT_LABELS[kind].toLowerCase()} was booked`;
  return (
    <>
      <p className="font-medium">
        {what} on {account} on {formats.date(bookedOn)}, and we do not know{' '}
        {kind === 'unclassified'
          ? amount === null
            ? 'what it was or how much'
            : 'what it was'
          : 'how much it was'}
        .
      </p>
      <p className="wrap-anywhere text-ink-soft">
        {institution} calls it “{word}”{description !== null && description !== word && ` (${description})`},{' '}
        {amount === null ? 'without an amount' : formats.signedMoney(amount)}.{' '}
        {hides === null
          ? 'The value moved as on any other day, so no figure depends on it.'
          : `Until we know, deposits and returns of any period with ${formats.dateRange(hides.from, hides.to)} in it are left blank.`}
      </p>
    </>
  );
}

function MovementForm({
  movement: { rowId, kind: reported, amount, currency },
  asker,
}: {
  readonly movement: MovementQuestion;
  readonly asker: Asker;
}) {
  const { decide, isSending, fault } = useDecision(movementHref(asker, rowId));
  const id = useId();
  const [kind, setKind] = useState<string>(reported === 'unclassified' ? '' : reported);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const said = { kind, amount: kind === 'other' ? '0' : String(form.get('amount') ?? '').trim() };
    void decide(
      asker === 'administrator' ? { as: said, reason: readReason(form) } : { as: said },
      'Saved: deposits and returns follow from it now.',
    );
  };
  return (
    <form onSubmit={submit} className="mt-3 flex flex-wrap items-end gap-3">
      <div className="min-w-0 flex-1 basis-44">
        <label htmlFor={`${id}-kind`} className="text-xs font-medium">
          What was it?
        </label>
        <select
          id={`${id}-kind`}
          required
          value={kind}
          onChange={(event) => setKind(event.target.value)}
          className={FIELD}
        >
          <option value="">Choose</option>
          {KNOWN_MOVEMENT_KINDS.map((one) => (
            <option key={one} value={one}>
              {MOVEMENT_LABELS[one]}
            </option>
          ))}
        </select>
      </div>
      {kind !== 'other' && (
        <div className="min-w-0 flex-1 basis-44">
          <label htmlFor={`${id}-amount`} className="text-xs font-medium">
            How much{currency !== null && `, in ${currency}`}?
          </label>
          <input
            id={`${id}-amount`}
            name="amount"
            type="number"
            step="any"
            required
            defaultValue={amount ?? ''}
            aria-describedby={`${id}-sign`}
            autoComplete="off"
            className={`tabular ${FIELD}`}
          />
        </div>
      )}
      {asker === 'administrator' && <ReasonField />}
      <Button type="submit" look="primary" size="touch" disabled={isSending}>
        Save
      </Button>
      <p id={`${id}-sign`} className="basis-full text-xs text-ink-soft">
        Money that came in is positive, money that went out negative. You can take it back later.
      </p>
      <p role="alert" className="basis-full text-loss empty:hidden">
        {fault}
      </p>
    </form>
  );
}
