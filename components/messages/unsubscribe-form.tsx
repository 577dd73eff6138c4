'use client';

import { useActionState } from 'react';
import { TOPIC_WORDS } from '@/components/labels/messages';
import { Button } from '@/components/ui/button';
import type { MessageTopic } from '@/lib/domain/states';

export interface UnsubscribeState {
  readonly error: string | null;
  readonly isDone: boolean;
}

/** Asks once whether a kind of messages is to end. */
export function UnsubscribeForm({
  action,
  token,
  topic,
}: {
  readonly action: (state: UnsubscribeState, form: FormData) => Promise<UnsubscribeState>;
  readonly token: string;
  readonly topic: MessageTopic;
}) {
  const [state, submit, isPending] = useActionState(action, { error: null, isDone: false });
  const { label, when } = TOPIC_WORDS[topic];
  return (
    <div className="max-w-md">
      <h1 className="text-2xl font-semibold tracking-tight">
        {state.isDone ? 'These messages have stopped' : 'Stop these messages?'}
      </h1>
      <p className="mt-2 text-pretty text-ink-soft">
        <strong className="font-medium text-ink">{label}.</strong> {when} Other messages stay as they are.
      </p>
      {!state.isDone && (
        <form action={submit} aria-busy={isPending} className="mt-6">
          <input type="hidden" name="token" value={token} />
          <Button type="submit" look="primary" size="touch" disabled={isPending}>
            Stop these messages
          </Button>
        </form>
      )}
      <p role="alert" className="mt-3 text-sm font-medium text-loss empty:hidden">
        {state.error}
      </p>
      <p className="mt-6 text-sm">
        <a href="/settings" className="text-accent underline-offset-4 hover:underline">
          All your messages
        </a>
      </p>
    </div>
  );
}
