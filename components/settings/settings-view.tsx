'use client';

import { type ReactNode, useActionState, useId } from 'react';
import { createPlainFormats } from '@/components/format/formats';
import { TOPIC_WORDS } from '@/components/labels/messages';
import type { Theme } from '@/components/theme';
import { Button, buttonClass } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { FIELD } from '@/components/ui/field';
import { PasswordField } from '@/components/ui/password-field';
import { MESSAGE_TOPICS, type MessageTopic } from '@/lib/domain/states';
import type { EstimatesPermission } from '@/lib/estimates/document';
import { ThemeChoice } from './theme-choice';

/** What came of a form: why it was refused, or what was done. */
export interface SettingsState {
  readonly error: string | null;
  readonly done?: string;
}

type FormAction = (state: SettingsState, form: FormData) => Promise<SettingsState>;

/** What the page does; each takes a form and works before any script has loaded. */
export interface SettingsActions {
  /** Has the address `email` confirmed by mail, whose `password` allows it. */
  readonly changeEmail: FormAction;
  /** Changes the password from `current` to `next`. */
  readonly changePassword: FormAction;
  /** Sets which kinds of messages are wanted: each `topic` that is ticked. */
  readonly saveMessages: FormAction;
  /** Allows estimates where `estimates` is ticked, and takes them away where it is not. */
  readonly saveEstimates: FormAction;
  readonly signOutEverywhere: (form: FormData) => Promise<void>;
  /** Deletes the user, whose `password` confirms it. */
  readonly deleteEverything: FormAction;
}

/** How one signs in, what is kept about one, and the way out with all of it or none. */
export function SettingsView({
  email,
  viewer,
  messages,
  estimates,
  locale,
  theme,
  actions,
}: {
  readonly email: string;
  readonly viewer: string;
  readonly messages: MessageChoice;
  readonly estimates: EstimatesPermission | null;
  readonly locale: string;
  readonly theme: Theme;
  readonly actions: SettingsActions;
}) {
  return (
    <div className="flex max-w-2xl flex-col gap-6">
      <header>
        <h1 className="text-2xl font-semibold tracking-tight">Settings</h1>
        <p className="mt-1.5 text-ink-soft">
          Signed in as <strong className="font-medium break-all text-ink">{email}</strong>
        </p>
      </header>
      <Section title="Appearance">
        <ThemeChoice initial={theme} />
      </Section>
      <Section title="E-mail address">
        <EmailForm action={actions.changeEmail} />
      </Section>
      <Section title="Password">
        <PasswordForm email={email} action={actions.changePassword} />
      </Section>
      <Section title="Messages">
        <MessagesForm messages={messages} action={actions.saveMessages} />
      </Section>
      <Section title="Estimates">
        <EstimatesForm permission={estimates} locale={locale} action={actions.saveEstimates} />
      </Section>
      <Section title="Sessions">
        <p className="text-sm text-ink-soft">
          Signed in on a device that you no longer have? This ends your sessions everywhere, here included.
        </p>
        <form action={actions.signOutEverywhere} className="mt-4">
          <Button type="submit" size="touch">
            Sign out everywhere
          </Button>
        </form>
      </Section>
      <Section title="Your data">
        <p className="text-sm text-ink-soft">
          Everything that is stored about you, in one file (JSON): connections, accounts, every value that was
          ever recorded, movements of money, corrections, and your history. Passwords and access to brokers
          are not in it.
        </p>
        <a
          href={`/api/user/export?viewer=${viewer}`}
          download
          className={`mt-4 ${buttonClass({ size: 'touch' })}`}
        >
          Download everything
        </a>
      </Section>
      <Section title="Delete everything">
        <DeleteForm email={email} action={actions.deleteEverything} />
      </Section>
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId();
  return (
    <Card aria-labelledby={id} className="p-5 sm:p-6">
      <h2 id={id} className="text-base font-semibold">
        {title}
      </h2>
      <div className="mt-2">{children}</div>
    </Card>
  );
}

/** What came of a form, announced. */
function Outcome({ id, state }: { readonly id: string; readonly state: SettingsState }) {
  return (
    <>
      <p id={id} role="alert" className="text-sm font-medium text-loss empty:hidden">
        {state.error}
      </p>
      <p role="status" className="text-sm font-medium empty:hidden">
        {state.done}
      </p>
    </>
  );
}

function EmailForm({ action }: { readonly action: FormAction }) {
  const [state, submit, isPending] = useActionState(action, { error: null });
  const id = useId();
  return (
    <form action={submit} aria-busy={isPending} className="max-w-sm space-y-4">
      <label className="block text-sm font-medium">
        New address
        <input
          name="email"
          type="email"
          autoComplete="email"
          required
          aria-describedby={id}
          className={FIELD}
        />
      </label>
      <PasswordField label="Your password" errorId={id} />
      <Outcome id={id} state={state} />
      <Button type="submit" size="touch" disabled={isPending}>
        Change address
      </Button>
    </form>
  );
}

/** Which messages a user wants, and whether any are sent here at all. */
interface MessageChoice {
  readonly isSent: boolean;
  readonly wanted: readonly MessageTopic[];
}

function MessagesForm({
  messages: { isSent, wanted },
  action,
}: {
  readonly messages: MessageChoice;
  readonly action: FormAction;
}) {
  const [state, submit, isPending] = useActionState(action, { error: null });
  const id = useId();
  return (
    <form action={submit} aria-busy={isPending} className="space-y-4">
      <p className="text-sm text-pretty text-ink-soft">
        {isSent
          ? 'One e-mail each time, never with an amount in it.'
          : 'This installation sends no e-mail yet; your choice counts from the day it does.'}
      </p>
      <fieldset aria-describedby={id}>
        <legend className="text-sm font-medium">Send me an e-mail when</legend>
        {MESSAGE_TOPICS.map((topic) => (
          <label key={topic} className="mt-2 flex min-h-11 items-center gap-3 text-sm">
            <input
              // What was saved is what the page shows next, also where no script runs.
              key={String(wanted.includes(topic))}
              type="checkbox"
              name="topic"
              value={topic}
              defaultChecked={wanted.includes(topic)}
              className="size-5 shrink-0 accent-accent"
            />
            <span>
              <span className="block font-medium">{TOPIC_WORDS[topic].label}</span>
              <span className="block text-ink-soft">{TOPIC_WORDS[topic].when}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Outcome id={id} state={state} />
      <Button type="submit" size="touch" disabled={isPending}>
        Save messages
      </Button>
    </form>
  );
}

function EstimatesForm({
  permission,
  locale,
  action,
}: {
  readonly permission: EstimatesPermission | null;
  readonly locale: string;
  readonly action: FormAction;
}) {
  const [state, submit, isPending] = useActionState(action, { error: null });
  const id = useId();
  const areAllowed = permission !== null;
  return (
    <form action={submit} aria-busy={isPending} className="space-y-4">
      <label className="flex min-h-11 items-start gap-3 text-sm">
        <input
          key={String(areAllowed)}
          type="checkbox"
          name="estimates"
          defaultChecked={areAllowed}
          aria-describedby={id}
          className="mt-0.5 size-5 shrink-0 accent-accent"
        />
        <span>
          <span className="block font-medium">Estimate days that no broker can give</span>
          <span className="block text-pretty text-ink-soft">
            From what you hold, your trades and closing prices. Such days are marked as estimates, enter no
            return, and give way to anything better. Switched off, they are taken away again. For this, what
            you hold is read from your broker about once a week.
          </span>
        </span>
      </label>
      {/* What was saved since is the user's own choice. */}
      {permission?.isByOperator === true && state.done === undefined && (
        <p className="text-sm text-pretty text-ink-soft">
          An operator switched this on for you on {createPlainFormats(locale).instant(permission.since)}.
          Remove the tick and save to switch it off, or save it as it is to make it your own choice.
        </p>
      )}
      <Outcome id={id} state={state} />
      <Button type="submit" size="touch" disabled={isPending}>
        Save estimates
      </Button>
    </form>
  );
}

function PasswordForm({ email, action }: { readonly email: string; readonly action: FormAction }) {
  const [state, submit, isPending] = useActionState(action, { error: null });
  const id = useId();
  return (
    <form action={submit} aria-busy={isPending} className="max-w-sm space-y-4">
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <PasswordField label="Current password" name="current" errorId={id} />
      <PasswordField label="New password" name="next" isNew errorId={id} />
      <Outcome id={id} state={state} />
      <Button type="submit" size="touch" disabled={isPending}>
        Change password
      </Button>
    </form>
  );
}

/** Deleting is two steps apart from everything else on the page, and asks for the password. */
function DeleteForm({ email, action }: { readonly email: string; readonly action: FormAction }) {
  const [state, submit, isPending] = useActionState(action, { error: null });
  const id = useId();
  return (
    <>
      <p className="text-sm text-ink-soft">
        Your user, your links to brokers (here and at the linking service), and every value, day and movement
        that is stored about you. This cannot be undone; download your data first if you want to keep it.
      </p>
      <details className="mt-4" open={state.error !== null || undefined}>
        <summary className="w-fit cursor-pointer rounded-lg py-1 text-sm font-medium underline underline-offset-4">
          Delete everything about me…
        </summary>
        <form action={submit} aria-busy={isPending} className="mt-4 max-w-sm space-y-4">
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <PasswordField label="Your password, to confirm" errorId={id} />
          <Outcome id={id} state={state} />
          <Button type="submit" size="touch" disabled={isPending} className="border-loss text-loss">
            {isPending ? 'Deleting…' : 'Delete everything for good'}
          </Button>
        </form>
      </details>
    </>
  );
}
