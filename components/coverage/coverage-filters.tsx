'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type FormEvent, type ReactNode, useTransition } from 'react';
import { DAY_LABELS } from '@/components/labels/states';
import { Button, buttonClass } from '@/components/ui/button';
import type { CoverageFilter } from '@/lib/coverage/document';
import { COVERAGE_SORTS, COVERAGE_SPANS, type CoverageSort } from '@/lib/domain/coverage';
import { GAP_REASONS, type GapReason } from '@/lib/domain/states';

const PLACE = '/admin/coverage';

const SPAN_NAMES: Readonly<Record<(typeof COVERAGE_SPANS)[number], string>> = {
  30: '30 days',
  90: '90 days',
  182: '6 months',
  365: '1 year',
};

const SORT_NAMES: Readonly<Record<CoverageSort, string>> = { worst: 'Worst first', email: 'By e-mail' };

/** Views that operators ask for again and again, as links. */
const SAVED: readonly { readonly name: string; readonly query: Readonly<Record<string, string>> }[] = [
  { name: 'Wait for their owners', query: { reason: 'connection_broken', days: '90' } },
  { name: 'Providers do not answer', query: { reason: 'unavailable' } },
  { name: 'Given up this year', query: { reason: 'gave_up', days: '365' } },
];

/** Which users and days the grid shows. The choice is in the URL, so a view can be sent to somebody. */
export function CoverageFilters({
  days,
  filter,
  sort,
  institutions,
}: {
  readonly days: number;
  readonly filter: CoverageFilter;
  readonly sort: CoverageSort;
  /** Every brokerage that somebody is linked to. */
  readonly institutions: readonly string[];
}) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();

  const show = (form: HTMLFormElement) => {
    const given = [...new FormData(form)].flatMap(([name, value]) =>
      typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()]] : [],
    );
    startTransition(() => router.push(`${PLACE}?${new URLSearchParams(given)}`, { scroll: false }));
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    show(event.currentTarget);
  };

  return (
    <>
      <nav aria-label="Saved filters" className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {SAVED.map(({ name, query }) => (
          <Link
            key={name}
            href={`${PLACE}?${new URLSearchParams(query)}#users`}
            prefetch={false}
            className="py-1 text-accent underline-offset-4 hover:underline"
          >
            {name}
          </Link>
        ))}
      </nav>
      <form
        // A new address fills the form anew.
        key={JSON.stringify([days, filter, sort])}
        action={PLACE}
        onSubmit={submit}
        aria-busy={isPending}
        className="grid grid-cols-2 items-end gap-3 sm:grid-cols-4 lg:grid-cols-[repeat(5,minmax(0,1fr))_auto]"
      >
        <Field label="Search user">
          <input
            name="search"
            type="search"
            defaultValue={filter.search ?? ''}
            placeholder="E-mail or id"
            className={CONTROL}
          />
        </Field>
        <Choice name="days" label="Days" value={String(days)} onPick={show}>
          {COVERAGE_SPANS.map((span) => (
            <option key={span} value={span}>
              {SPAN_NAMES[span]}
            </option>
          ))}
        </Choice>
        <Choice name="reason" label="Missing because" value={filter.reason ?? ''} onPick={show}>
          <option value="">Any reason</option>
          {GAP_REASONS.filter(isOfAccounts).map((reason) => (
            <option key={reason} value={reason}>
              {DAY_LABELS[reason].label}
            </option>
          ))}
        </Choice>
        <Choice name="institution" label="Brokerage" value={filter.institution ?? ''} onPick={show}>
          <option value="">All</option>
          {institutions.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Choice>
        <Choice name="sort" label="Order" value={sort} onPick={show}>
          {COVERAGE_SORTS.map((one) => (
            <option key={one} value={one}>
              {SORT_NAMES[one]}
            </option>
          ))}
        </Choice>
        {filter.provider !== null && <input type="hidden" name="provider" value={filter.provider} />}
        <div className="flex gap-2">
          <Button type="submit" look="primary" disabled={isPending}>
            Show
          </Button>
          <a href={PLACE} className={buttonClass({ look: 'plain' })}>
            Clear
          </a>
        </div>
      </form>
    </>
  );
}

const CONTROL = 'h-9 w-full min-w-0 rounded-lg border border-outline bg-surface px-2.5 text-sm text-ink';

/** A missing exchange rate is of a user's day, not of an account's. */
function isOfAccounts(reason: GapReason): boolean {
  return reason !== 'rate_missing';
}

function Field({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
    <label className="grid gap-1 text-xs font-medium text-ink-soft">
      {label}
      {children}
    </label>
  );
}

function Choice({
  name,
  label,
  value,
  onPick,
  children,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onPick: (form: HTMLFormElement) => void;
  readonly children: ReactNode;
}) {
  return (
    <Field label={label}>
      <select
        name={name}
        defaultValue={value}
        onChange={({ currentTarget }) => {
          if (currentTarget.form !== null) onPick(currentTarget.form);
        }}
        className={CONTROL}
      >
        {children}
      </select>
    </Field>
  );
}
