'use client';

import { useFormats } from '@/components/format/formats-context';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import type { AccountMatch } from '@/lib/connections/document';
import type { ConnectionActions } from './actions';

/** Which accounts may be the same real account, for their owner to answer; nothing when nothing is asked. */
export function MatchQuestions({
  matches,
  action,
}: {
  readonly matches: readonly AccountMatch[];
  readonly action: ConnectionActions['decideMatch'];
}) {
  if (matches.length === 0) return null;
  return (
    <section aria-labelledby="questions">
      <h2 id="questions" className="text-base font-semibold">
        {matches.length === 1 ? 'A question for you' : 'Questions for you'}
      </h2>
      <ul className="mt-3 space-y-3">
        {matches.map((match) => (
          <li key={match.id}>
            <MatchQuestion match={match} action={action} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function MatchQuestion({
  match: { id, account, candidate },
  action,
}: {
  readonly match: AccountMatch;
  readonly action: ConnectionActions['decideMatch'];
}) {
  const formats = useFormats();
  return (
    <Card className="p-5 sm:p-6">
      <p className="font-medium text-pretty">
        Is <em>{account.name}</em> at {account.institution} the same account as <em>{candidate.name}</em> at{' '}
        {candidate.institution}
        {candidate.lastValueOn !== null && `, last known on ${formats.date(candidate.lastValueOn)}`}?
      </p>
      <p className="mt-1 text-sm text-pretty text-ink-soft">
        If it is, both become one line in your history. You can separate them again later.
      </p>
      <form action={action} className="mt-4 flex flex-wrap gap-3">
        <input type="hidden" name="match" value={id} />
        <Button type="submit" name="answer" value="yes" look="primary" size="touch">
          Yes, the same
        </Button>
        <Button type="submit" name="answer" value="no" size="touch">
          No, another account
        </Button>
      </form>
    </Card>
  );
}
