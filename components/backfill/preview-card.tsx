import type { ReactNode } from 'react';
import type { Formats } from '@/components/format/formats';
import { describeDays, describeScope } from '@/components/labels/operations';
import { nameSource } from '@/components/labels/states';
import { Card } from '@/components/ui/card';
import { Facts } from '@/components/ui/facts';
import type { BackfillPreview, BackfillScope } from '@/lib/backfill/document';
import { ReasonCounts } from './reason-counts';

/** What a backfill would be about and cost, before anything is asked. */
export function PreviewCard({
  preview,
  scope,
  minutes,
  formats,
  start,
}: {
  readonly preview: BackfillPreview;
  readonly scope: BackfillScope & { readonly email: string | null };
  /** How long its requests take at the provider's limit. */
  readonly minutes: number;
  readonly formats: Formats;
  /** The way to begin, shown when there is something to ask for. */
  readonly start: ReactNode;
}) {
  const { accountDays, beyondReachDays, presentDays, reopenedDays, offDays } = preview;
  const count = formats.count;
  const off = Object.entries(offDays).toSorted(([a], [b]) => a.localeCompare(b));
  return (
    <Card className="p-5 sm:p-6" aria-labelledby="preview">
      <h2 id="preview" className="text-base font-semibold">
        {describeScope(scope)}
      </h2>
      <p className="tabular text-sm text-ink-soft">{describeDays(formats, scope)}</p>
      {accountDays === 0 ? (
        <p className="mt-4 font-medium">
          {off.length === 0
            ? 'Nothing is missing here that a provider could be asked for.'
            : `Nobody can be asked: ${off.map(([source]) => nameSource(source)).join(' and ')} ${off.length === 1 ? 'is' : 'are'} switched off here.`}
        </p>
      ) : (
        <div className="mt-4 space-y-4">
          <Facts
            facts={[
              { name: 'Days to fill', value: count(accountDays) },
              { name: 'Users', value: count(preview.users) },
              { name: 'Accounts', value: count(preview.accounts) },
              { name: 'Connections', value: count(preview.connections) },
              { name: 'Provider requests', value: `about ${count(preview.requests)}` },
              { name: 'Time at the limit', value: minutes <= 1 ? 'a minute' : `${count(minutes)} minutes` },
            ]}
          />
          <ReasonCounts reasons={preview.reasons} formats={formats} />
        </div>
      )}
      <ul className="mt-4 space-y-1 text-sm text-ink-soft">
        <li>A day counts once for each account.</li>
        {presentDays !== null && <li>{count(presentDays)} days are there already.</li>}
        {reopenedDays > 0 && <li>{count(reopenedDays)} days were given up and are asked for again.</li>}
        {off.map(([source, days]) => (
          <li key={source}>
            {count(days)} missing days wait until {nameSource(source)} is switched on again; a backfill leaves
            them out.
          </li>
        ))}
        {beyondReachDays > 0 && (
          <li>{count(beyondReachDays)} missing days lie further back than any provider can be asked.</li>
        )}
      </ul>
      {accountDays > 0 && <div className="mt-5">{start}</div>}
    </Card>
  );
}
