import { exportChartImage } from '@/components/chart/export-image';
import type { Formats } from '@/components/format/formats';
import type { Measure } from '@/lib/domain/states';
import type { HistoryDocument } from '@/lib/history/document';

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
