import type { Formats } from '@/components/format/formats';
import { MEASURE_WORDS } from '@/components/labels/figures';
import { KIND_LABELS, MISSING_LABEL } from '@/components/labels/states';
import { KINDS, type Measure } from '@/lib/domain/states';
import type { HistoryDocument } from '@/lib/history/document';
import { describeDays, describeMeasure } from './descriptions';
import { LINE_STYLES } from './lines';
import { findNewestPoint } from './series';

/** Pixels of the picture for each one of the screen. */
const SCALE = 2;
const MARGIN = 24;
const HEAD_HEIGHT = 56;
const LEGEND_LINE_HEIGHT = 22;
const SWATCH_WIDTH = 28;

/**
 * The chart that is on the page as a PNG picture, with what it shows, its dates, how each part is known and as of when.
 * Null while no chart is drawn. Rejects when the browser cannot draw it.
 */
export async function exportChartImage(
  history: HistoryDocument,
  measure: Measure,
  formats: Formats,
): Promise<Blob | null> {
  const svg = document.querySelector<SVGSVGElement>('[data-chart] svg[data-drawn]');
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  if (svg === null || pen === null) return null;
  const { width, height } = svg.getBoundingClientRect();
  const legend = listLegend(history, formats);
  const footTop = MARGIN + HEAD_HEIGHT + height + MARGIN;
  canvas.width = (width + 2 * MARGIN) * SCALE;
  canvas.height = (footTop + (legend.length + 1) * LEGEND_LINE_HEIGHT + MARGIN) * SCALE;
  pen.scale(SCALE, SCALE);
  pen.fillStyle = resolveColours('var(--surface)');
  pen.fillRect(0, 0, canvas.width, canvas.height);

  const write = (text: string, x: number, y: number, size: number, colour: string, weight = 400) => {
    pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
    pen.fillStyle = resolveColours(colour);
    pen.fillText(text, x, y);
  };
  const figure = describeMeasure(history, measure, formats);
  write(MEASURE_WORDS[measure].title, MARGIN, MARGIN + 16, 18, 'var(--ink)', 600);
  const range = formats.dateRange(history.from, history.to);
  write(figure === null ? range : `${range}: ${figure}`, MARGIN, MARGIN + 38, 13, 'var(--ink-soft)');
  pen.drawImage(await loadSvg(svg), MARGIN, MARGIN + HEAD_HEIGHT, width, height);

  legend.forEach(({ text, stroke }, line) => {
    const y = footTop + line * LEGEND_LINE_HEIGHT;
    if (stroke !== null) drawSwatch(pen, stroke, MARGIN, y - 4);
    write(text, MARGIN + SWATCH_WIDTH + 10, y, 12, 'var(--ink-soft)');
  });
  const foot = describeFoot(history, formats);
  write(foot, MARGIN, footTop + legend.length * LEGEND_LINE_HEIGHT + 6, 12, 'var(--ink-soft)');
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

type Stroke = (typeof LINE_STYLES)[keyof typeof LINE_STYLES];

/** Only the kinds that are there, in the order of the page's legend. */
function listLegend(
  { coverage }: HistoryDocument,
  formats: Formats,
): { readonly text: string; readonly stroke: Stroke | null }[] {
  const missing = coverage.expectedDays - coverage.presentDays;
  const kinds = KINDS.filter((kind) => coverage.byKind[kind] > 0).map((kind) => ({
    text: `${KIND_LABELS[kind].label}, ${describeDays(coverage.byKind[kind], formats)}`,
    stroke: LINE_STYLES[kind],
  }));
  if (missing === 0) return kinds;
  return [...kinds, { text: `${MISSING_LABEL.label}, ${describeDays(missing, formats)}`, stroke: null }];
}

function describeFoot(history: HistoryDocument, formats: Formats): string {
  const newest = findNewestPoint(history.points);
  const asOf = newest === null ? [] : [`As of ${formats.instant(newest.asOf)}`];
  return [...asOf, ...(history.dataNotice === null ? [] : [history.dataNotice])].join('. ');
}

function drawSwatch(pen: CanvasRenderingContext2D, stroke: Stroke, x: number, y: number): void {
  pen.strokeStyle = resolveColours(stroke.stroke);
  pen.lineWidth = stroke.strokeWidth;
  pen.lineCap = stroke.strokeLinecap;
  pen.setLineDash('strokeDasharray' in stroke ? stroke.strokeDasharray.split(' ').map(Number) : []);
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x + SWATCH_WIDTH, y);
  pen.stroke();
}

/** A picture stands outside of the page, so the page's colours and font are written into it. */
async function loadSvg(svg: SVGSVGElement): Promise<HTMLImageElement> {
  const markup = resolveColours(new XMLSerializer().serializeToString(svg)).replace(
    '<svg',
    '<svg font-family="ui-sans-serif, system-ui, sans-serif"',
  );
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(markup)}`;
  await image.decode();
  return image;
}

/** The page's design tokens as the colours that they are in the theme that is shown. */
function resolveColours(text: string): string {
  // A token may name a colour for each theme, so what a browser makes of it is asked of an element.
  const probe = document.createElement('span');
  document.body.append(probe);
  const resolved = text.replace(/var\(--[\w-]+\)/g, (token) => {
    probe.style.color = token;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return resolved;
}
