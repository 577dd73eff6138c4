import { buttonClass } from '@/components/ui/button';
import { Card } from '@/components/ui/card';

/** For someone who has not linked a brokerage account yet. */
export function EmptyPortfolio({ connectionsHref }: { readonly connectionsHref: string | null }) {
  return (
    <Card className="px-6 py-14 text-center sm:py-20">
      <EmptyPlot />
      <h1 className="mt-8 text-2xl font-semibold tracking-tight text-balance">
        Connect your first brokerage
      </h1>
      <p className="mx-auto mt-3 max-w-md text-pretty text-ink-soft">
        We record its value after every market close, and fill in the days before from your broker’s own
        history, as far back as it goes. Access is read-only: we can’t trade or move money.
      </p>
      {connectionsHref !== null && (
        <a href={connectionsHref} className={`mt-8 ${buttonClass({ look: 'primary', size: 'large' })}`}>
          Connect your first brokerage
        </a>
      )}
    </Card>
  );
}

/** The empty plot: the first day, days to come, and no line invented for them. */
function EmptyPlot() {
  const days = Array.from({ length: 19 }, (_, day) => 16 + day * 16);
  return (
    <svg aria-hidden="true" viewBox="0 0 320 76" className="mx-auto w-full max-w-xs" fill="none">
      <path d="M0 12h320M0 38h320M0 64h320" stroke="var(--hairline)" />
      <path d={days.map((x) => `M${x} 64v6`).join('')} stroke="var(--outline)" strokeLinecap="round" />
      <circle cx="16" cy="38" r="9" fill="var(--accent)" opacity="0.16" />
      <circle cx="16" cy="38" r="4.5" fill="var(--surface)" stroke="var(--accent)" strokeWidth="2" />
    </svg>
  );
}
