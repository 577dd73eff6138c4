'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { createPlainFormats, type Formats } from '@/components/format/formats';
import { ProblemError } from '@/components/portfolio/problem';
import { useOwnDocuments } from '@/components/session/session-guard';
import { buttonClass } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import type {
  ImportAccount,
  ImportPreview,
  ImportResult,
  PastImport,
  UndoneImport,
} from '@/lib/imports/document';
import { type ChosenFile, FileForm } from './file-form';
import { PastImports } from './past-imports';
import { PreviewReport } from './preview-report';

type Step =
  | { readonly at: 'choosing' }
  | { readonly at: 'preview'; readonly file: ChosenFile; readonly preview: ImportPreview }
  | { readonly at: 'taken'; readonly result: ImportResult }
  | { readonly at: 'undone'; readonly result: UndoneImport };

/** Adding past values from a file: choose it, see what it would mean, take it in, and take that back. */
export function ImportView({
  accounts,
  imports,
  locale,
}: {
  readonly accounts: readonly ImportAccount[];
  readonly imports: readonly PastImport[];
  readonly locale: string;
}) {
  const [step, setStep] = useState<Step>({ at: 'choosing' });
  const [fault, setFault] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const { send } = useOwnDocuments();
  const router = useRouter();
  const formats = createPlainFormats(locale);

  const attempt = async (work: () => Promise<Step>) => {
    setIsBusy(true);
    setFault(null);
    try {
      setStep(await work());
    } catch (error) {
      setFault(error instanceof ProblemError ? (error.detail ?? error.title) : UNREACHABLE);
    } finally {
      setIsBusy(false);
    }
    // The list of imports is the server's.
    router.refresh();
  };
  const ask = (file: ChosenFile) => {
    setStep({ at: 'choosing' });
    return attempt(async () => ({
      at: 'preview',
      file,
      preview: await send(`${IMPORTS}/preview?${queryOf(file)}`, post(file)),
    }));
  };
  const take = (file: ChosenFile) =>
    attempt(async () => ({ at: 'taken', result: await send(`${IMPORTS}?${queryOf(file)}`, post(file)) }));
  const undo = (id: string) =>
    attempt(async () => ({ at: 'undone', result: await send(`${IMPORTS}/${id}`, { method: 'DELETE' }) }));

  return (
    <div className="flex flex-col gap-8">
      <header>
        <h1 className="text-2xl font-semibold tracking-tight">Add past values from a file</h1>
        <p className="mt-1.5 max-w-prose text-pretty text-ink-soft">
          For days that your broker does not know any more, but your statements do. They are shown as
          estimated, from your statement; what a broker reported always comes first, and days in between stay
          open.
        </p>
      </header>
      {fault !== null && (
        <Notice tone="caution" role="alert" title="Nothing was changed">
          {fault}
        </Notice>
      )}
      {(step.at === 'taken' || step.at === 'undone') && <Outcome step={step} formats={formats} />}
      {accounts.length === 0 ? (
        <p className="max-w-prose text-ink-soft">
          There is no account yet that values could be added to. Link a brokerage first, under Connections.
        </p>
      ) : (
        <FileForm accounts={accounts} isBusy={isBusy} onChoose={ask} />
      )}
      {step.at === 'preview' && (
        <PreviewReport
          preview={step.preview}
          locale={locale}
          isBusy={isBusy}
          onTake={() => take(step.file)}
          onDrop={() => setStep({ at: 'choosing' })}
        />
      )}
      <PastImports imports={imports} isBusy={isBusy} formats={formats} onUndo={undo} />
    </div>
  );
}

const IMPORTS = '/api/portfolio/imports';
const UNREACHABLE = 'We couldn’t reach the server. Try again.';

function queryOf({ name, accountId, isOfficial }: ChosenFile): URLSearchParams {
  return new URLSearchParams({ name, account: accountId, official: String(isOfficial) });
}

function post({ text }: ChosenFile): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'text/csv' }, body: text };
}

/** What was just done. */
function Outcome({
  step,
  formats,
}: {
  readonly step: Extract<Step, { readonly at: 'taken' | 'undone' }>;
  readonly formats: Formats;
}) {
  const { values, published } = step.result;
  const days = `${formats.count(published)} published ${published === 1 ? 'day' : 'days'} changed.`;
  return (
    <Notice
      title={titleOf(step, formats)}
      action={
        <Link href="/?period=ALL" className={buttonClass()}>
          Show the portfolio
        </Link>
      }
    >
      {values === 0 ? 'All of it was known already.' : days}
    </Notice>
  );
}

function titleOf(
  { at, result }: Extract<Step, { readonly at: 'taken' | 'undone' }>,
  formats: Formats,
): string {
  if (result.values === 0) return 'Nothing to add';
  const values = `${formats.count(result.values)} ${result.values === 1 ? 'value' : 'values'}`;
  return at === 'taken' ? `${values} added` : `${values} taken back`;
}
