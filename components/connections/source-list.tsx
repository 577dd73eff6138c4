'use client';

import { KEYS_SENTENCE, sourceWords } from '@/components/labels/connections';
import { buttonClass } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import type { LinkSource } from '@/lib/connections/document';
import type { ConnectionActions } from './actions';
import { KeysForm } from './keys-form';
import { LinkButton } from './link-button';

/** Where accounts can be linked from here, with what each source can do. */
export function SourceList({
  sources,
  actions,
  isFirst,
}: {
  readonly sources: readonly LinkSource[];
  readonly actions: Pick<ConnectionActions, 'startLink' | 'linkByKeys'>;
  /** Whether nothing is linked yet, so that this is what the page is for. */
  readonly isFirst: boolean;
}) {
  return (
    <section aria-labelledby="sources">
      <h2 id="sources" className="text-base font-semibold">
        {isFirst ? 'Where are your accounts?' : 'Add another source'}
      </h2>
      <ul className="mt-3 grid items-start gap-4 md:grid-cols-2">
        {sources.map((source) => (
          <li key={source.provider}>
            <Source source={source} actions={actions} isFirst={isFirst} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Source({
  source,
  actions,
  isFirst,
}: {
  readonly source: LinkSource;
  readonly actions: Pick<ConnectionActions, 'startLink' | 'linkByKeys'>;
  readonly isFirst: boolean;
}) {
  const { provider, ways, demoKeys } = source;
  const hasPage = ways.some((way) => way !== 'keys');
  const words = sourceWords(source);
  if (words === null) return null;
  const { title, sentence, abilities } = words;
  return (
    <Card className="p-5 sm:p-6">
      <h3 className="text-lg font-semibold tracking-tight">{title}</h3>
      <p className="mt-1.5 text-sm text-pretty text-ink-soft">{sentence}</p>
      <ul className="mt-3 mb-5 list-disc space-y-1 pl-5 text-sm text-ink-soft">
        {abilities.map((ability) => (
          <li key={ability}>{ability}</li>
        ))}
      </ul>
      {hasPage && (
        <LinkButton
          action={actions.startLink}
          provider={provider}
          look={isFirst ? 'primary' : 'quiet'}
          size="touch"
        />
      )}
      {ways.includes('keys') && (
        <details className={hasPage ? 'mt-3' : undefined}>
          <summary
            className={`${buttonClass({ look: 'quiet', size: 'touch' })} cursor-pointer list-none [&::-webkit-details-marker]:hidden`}
          >
            Enter keys
          </summary>
          <div className="mt-4">
            {hasPage && <p className="mb-3 text-sm text-pretty text-ink-soft">{KEYS_SENTENCE}</p>}
            <KeysForm action={actions.linkByKeys} provider={provider} demoKeys={demoKeys} />
          </div>
        </details>
      )}
    </Card>
  );
}
