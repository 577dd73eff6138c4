import { AlertDialog } from 'radix-ui';
import type { Formats } from '@/components/format/formats';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { PastImport } from '@/lib/imports/document';

/** The files that were taken in, newest first, and the way back. */
export function PastImports({
  imports,
  isBusy,
  formats,
  onUndo,
}: {
  readonly imports: readonly PastImport[];
  readonly isBusy: boolean;
  readonly formats: Formats;
  readonly onUndo: (id: string) => Promise<void>;
}) {
  if (imports.length === 0) return null;
  return (
    <section aria-labelledby="past-imports">
      <h2 id="past-imports" className="text-base font-semibold">
        Files added before
      </h2>
      <ul className="mt-3 divide-y divide-hairline border-y border-hairline text-sm">
        {imports.map((past) => (
          <li key={past.id} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
            <div className="min-w-0">
              <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium wrap-anywhere">
                {past.name}
                {past.isOfficial && <Badge>Official values</Badge>}
                {past.undoneAt !== null && <Badge>Taken back {formats.instant(past.undoneAt)}</Badge>}
              </p>
              <p className="tabular text-ink-soft">
                {describeValues(past, formats)} of {past.accounts.join(', ')}, added{' '}
                {formats.instant(past.importedAt)}
              </p>
            </div>
            {past.undoneAt === null && (
              <UndoDialog past={past} isBusy={isBusy} formats={formats} onUndo={onUndo} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function describeValues({ values, from, to }: PastImport, formats: Formats): string {
  return values === 1
    ? `1 value, ${formats.date(from)},`
    : `${formats.count(values)} values, ${formats.dateRange(from, to)},`;
}

function UndoDialog({
  past,
  isBusy,
  formats,
  onUndo,
}: {
  readonly past: PastImport;
  readonly isBusy: boolean;
  readonly formats: Formats;
  readonly onUndo: (id: string) => Promise<void>;
}) {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger asChild>
        <Button size="touch" disabled={isBusy}>
          Undo<span className="sr-only"> {past.name}</span>
        </Button>
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <AlertDialog.Content className="fixed inset-x-4 top-1/2 z-50 mx-auto max-h-[90dvh] max-w-md -translate-y-1/2 overflow-y-auto rounded-2xl border border-hairline bg-raised p-6 shadow-float">
          <AlertDialog.Title className="text-lg font-semibold tracking-tight wrap-anywhere">
            Take back {past.name}?
          </AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-3 space-y-2 text-sm text-ink-soft">
              <p>
                {describeValues(past, formats)} count no more. Days that only they gave become open again;
                where an earlier file gave a value, that one counts.
              </p>
              <p>
                <strong className="font-medium text-ink">What your broker reported stays as it is.</strong>{' '}
                You can add the file again at any time.
              </p>
            </div>
          </AlertDialog.Description>
          <div className="mt-6 flex flex-wrap justify-end gap-3">
            <AlertDialog.Cancel asChild>
              <Button size="touch">Keep them</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button look="primary" size="touch" onClick={() => onUndo(past.id)}>
                Take them back
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
