'use client';

import { useFormats } from '@/components/format/formats-context';
import { Button, buttonClass } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import type { AccountMatch } from '@/lib/connections/document';

/**
 * Asks whether two accounts are one, where the total is that counts them: until it is answered both may be in it. Further
 * questions are on the page of connections.
 */
export function MatchNotice({
  matches,
  action,
  connectionsHref,
}: {
  readonly matches: readonly AccountMatch[];
  /** Takes `match` and `answer`, which is yes or no. */
  readonly action: (form: FormData) => Promise<void>;
  readonly connectionsHref: string;
}) {
  const formats = useFormats();
  const [match] = matches;
  if (match === undefined) return null;
  const { id, account, candidate } = match;
  return (
    <Notice
      tone="caution"
      title={`Is ${account.name} at ${account.institution} the same account as ${candidate.name} at ${candidate.institution}?`}
      action={
        <form action={action} className="flex flex-wrap gap-2">
          <input type="hidden" name="match" value={id} />
          <Button type="submit" name="answer" value="yes" size="touch">
            Yes, the same
          </Button>
          <Button type="submit" name="answer" value="no" size="touch">
            No, another account
          </Button>
        </form>
      }
    >
      If it is, it may count twice until you answer
      {candidate.lastValueOn !== null &&
        `; the older one was last read on ${formats.date(candidate.lastValueOn)}`}
      .{' '}
      {matches.length > 1 && (
        <a href={connectionsHref} className={`${buttonClass({ look: 'plain' })} -mx-3`}>
          {formats.count(matches.length)} questions
        </a>
      )}
    </Notice>
  );
}
