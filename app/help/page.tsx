import Link from 'next/link';
import { HatchSwatch, LineSwatch } from '@/components/chart/legend';
import { FIGURE_LABELS, MEASURE_WORDS } from '@/components/labels/figures';
import { GAP_LABELS, KIND_LABELS, MISSING_LABEL } from '@/components/labels/states';
import { GAP_REASONS, KINDS, MEASURES } from '@/lib/domain/states';
import { Part, PublicPage } from '../public-page';

export const dynamic = 'force-dynamic';
export const metadata = { title: 'Help' };

const LINK = 'text-accent underline underline-offset-4';

/** What the chart shows and how it is known, in the words that the product uses itself. */
export default function HelpPage() {
  return (
    <PublicPage title="Help">
      <Part id="kinds" title="What the lines mean">
        <p>
          The chart shows what your accounts were worth at the close of each trading day. How a day is known
          is drawn:
        </p>
        <dl className="space-y-3">
          {KINDS.map((kind) => (
            <Term key={kind} swatch={<LineSwatch kind={kind} />} {...KIND_LABELS[kind]} />
          ))}
          <Term swatch={<HatchSwatch />} {...MISSING_LABEL} />
        </dl>
        <p>
          A day is only as reliable as its least reliable account. How this is for your own accounts stands on
          the page{' '}
          <Link href="/data-quality" className={LINK}>
            How reliable is this chart?
          </Link>
        </p>
      </Part>
      <Part id="gaps" title="Why a day can be missing">
        <p>
          Missing days are retried automatically, and filled in where the broker still has them. The reasons:
        </p>
        <dl className="space-y-3">
          {GAP_REASONS.map((reason) => (
            <Term key={reason} {...GAP_LABELS[reason]} />
          ))}
        </dl>
        <p>
          Where a reconnect is needed, sign in to your broker again under{' '}
          <Link href="/connections" className={LINK}>
            Connections
          </Link>
          . If no broker has a day any more, you can add it from your own statements,{' '}
          <Link href="/connections/import" className={LINK}>
            from a file
          </Link>
          , or have such days estimated from what you held, which you allow under{' '}
          <Link href="/settings" className={LINK}>
            Settings
          </Link>
          .
        </p>
      </Part>
      <Part id="returns" title="What the chart can show">
        <dl className="space-y-3">
          {MEASURES.map((measure) => {
            const { title, meaning } = MEASURE_WORDS[measure];
            return <Term key={measure} label={title} meaning={meaning} />;
          })}
        </dl>
      </Part>
      <Part id="figures" title="How returns are calculated">
        <p>
          Your value changes by what the market does and by what you deposit or withdraw. A deposit is never a
          gain. Estimated days count towards no return.
        </p>
        <dl className="space-y-3">
          {Object.values(FIGURE_LABELS).map(({ label, meaning }) => (
            <Term key={label} label={label} meaning={meaning} />
          ))}
        </dl>
        <p>
          Deposits often arrive from the broker a day late, so figures of the last day may still change
          slightly.
        </p>
      </Part>
      <Part id="keys" title="Reading the chart by keyboard">
        <p>
          With the chart focused, the left and right arrow keys step through the days; Home and End go to the
          first and the last. With Shift they choose a range, and Enter shows it. The button Table shows the
          same as a table.
        </p>
      </Part>
      <Part id="access" title="What we can do with your accounts">
        <p>
          Access is read-only: we can’t trade or move money. What we store is listed under{' '}
          <Link href="/privacy" className={LINK}>
            Privacy
          </Link>
          ; whether everything works right now, under{' '}
          <Link href="/status" className={LINK}>
            Status
          </Link>
          .
        </p>
      </Part>
    </PublicPage>
  );
}

function Term({
  label,
  meaning,
  swatch = null,
}: {
  readonly label: string;
  readonly meaning: string;
  readonly swatch?: React.ReactNode;
}) {
  return (
    <div>
      <dt className="flex items-center gap-2.5 font-medium text-ink">
        {swatch}
        {label}
      </dt>
      <dd>{meaning}</dd>
    </div>
  );
}
