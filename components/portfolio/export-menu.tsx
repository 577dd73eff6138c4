'use client';

import { DownloadIcon } from 'lucide-react';
import { exportChartImage } from '@/components/chart/export-image';
import type { Formats } from '@/components/format/formats';
import { useOwnDocuments } from '@/components/session/session-guard';
import { buttonClass } from '@/components/ui/button';
import { Popover } from '@/components/ui/popover';
import type { Measure } from '@/lib/domain/states';
import type { HistoryDocument } from '@/lib/history/document';

const ITEM = `w-full !justify-start ${buttonClass({ look: 'plain', size: 'touch' })}`;

/** What is shown, to take along: as a table, as data, as a picture, on paper. */
export function ExportMenu({
  search,
  onSavePicture,
}: {
  /** The question behind what is shown, which the files answer too. */
  readonly search: string;
  /** Null while no chart is shown that could be a picture. */
  readonly onSavePicture: (() => void) | null;
}) {
  const { viewer } = useOwnDocuments();
  const hrefOf = (format: 'csv' | 'json') =>
    `/api/portfolio/export?format=${format}&${search}&viewer=${viewer}`;
  return (
    <Popover
      title="Export"
      label={
        <>
          <DownloadIcon />
          <span className="max-sm:sr-only">Export</span>
        </>
      }
    >
      {(close) => (
        <ul>
          <li>
            <a href={hrefOf('csv')} download onClick={close} className={ITEM}>
              Spreadsheet (CSV)
            </a>
          </li>
          <li>
            <a href={hrefOf('json')} download onClick={close} className={ITEM}>
              Data (JSON)
            </a>
          </li>
          {onSavePicture !== null && (
            <li>
              <button
                type="button"
                className={ITEM}
                onClick={() => {
                  close();
                  onSavePicture();
                }}
              >
                Picture (PNG)
              </button>
            </li>
          )}
          <li>
            <button
              type="button"
              className={ITEM}
              onClick={() => {
                close();
                // The sheet is folded away first, so that it is not on the paper.
                requestAnimationFrame(() => window.print());
              }}
            >
              Print
            </button>
          </li>
        </ul>
      )}
    </Popover>
  );
}

/** Saves the chart that is on the page as a PNG file; does nothing while none is drawn. */
export async function savePicture(
  history: HistoryDocument,
  measure: Measure,
  formats: Formats,
): Promise<void> {
  const picture = await exportChartImage(history, measure, formats);
  if (picture === null) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(picture);
  link.download = `portfolio-${measure}-${history.from}-to-${history.to}.png`;
  link.click();
  URL.revokeObjectURL(link.href);
}
