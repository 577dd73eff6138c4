'use client';

import { useFormats } from '@/components/format/formats-context';
import type { HistoryDocument } from '@/lib/history/document';
import { AccountPicker } from './account-picker';
import { ExportMenu } from './export-menu';
import type { PortfolioAddress } from './portfolio-address';
import { RangeForm } from './range-form';
import { savePicture } from './save-picture';

/** What the chart does not need to know to be drawn: whose accounts, from when to when, and taking it along. */
export function PortfolioControls({
  history,
  address,
  search,
  onChange,
  onReset,
}: {
  readonly history: HistoryDocument;
  readonly address: PortfolioAddress;
  /** The question that `address` asks. */
  readonly search: string;
  readonly onChange: (changes: Partial<PortfolioAddress>) => void;
  readonly onReset: () => void;
}) {
  const formats = useFormats();
  return (
    <div className="ml-auto flex flex-wrap justify-end gap-1">
      <AccountPicker
        accounts={history.accounts}
        selected={address.accounts}
        onSelect={(accounts) => onChange({ accounts })}
      />
      <RangeForm
        shown={{ from: history.from, to: history.to }}
        isChosen={typeof address.span !== 'string'}
        onSelect={(span) => onChange({ span })}
        onReset={onReset}
      />
      <ExportMenu
        search={search}
        onSavePicture={
          address.view === 'chart'
            ? () => {
                savePicture(history, address.measure, formats).catch(reportError);
              }
            : null
        }
      />
    </div>
  );
}
