'use client';

import Link, { useLinkStatus } from 'next/link';
import { usePathname } from 'next/navigation';
import { buttonClass } from '@/components/ui/button';

/** The ways between the product's pages; the one that is open is marked. */
export function SiteNavigation({
  isOperator,
  questions,
}: {
  readonly isOperator: boolean;
  /** How many questions wait on the page of connections. */
  readonly questions: number;
}) {
  const path = usePathname();
  const pages = [
    { href: '/', label: 'Portfolio', isOpen: path === '/', waiting: 0 },
    {
      href: '/connections',
      label: 'Connections',
      isOpen: path.startsWith('/connections'),
      waiting: questions,
    },
    { href: '/settings', label: 'Settings', isOpen: path === '/settings', waiting: 0 },
    ...(isOperator
      ? [{ href: '/admin', label: 'Operations', isOpen: path.startsWith('/admin'), waiting: 0 }]
      : []),
  ];
  return (
    <nav aria-label="Main" className="flex flex-wrap items-center gap-1">
      {pages.map(({ href, label, isOpen, waiting }) => (
        <Link
          key={href}
          href={href}
          // Each of them is made for its reader when it is asked for, so that there is nothing of it to fetch ahead.
          prefetch={false}
          aria-current={isOpen ? 'page' : undefined}
          className={`${buttonClass({ look: 'plain' })} aria-[current=page]:text-ink aria-[current=page]:underline aria-[current=page]:decoration-2 aria-[current=page]:underline-offset-8`}
        >
          {label}
          <PendingMark />
          {waiting > 0 && (
            <span className="tabular rounded-full border border-caution-line bg-caution-soft px-1.5 text-xs text-caution">
              {waiting}
              <span className="sr-only">{waiting === 1 ? ' question waits' : ' questions wait'}</span>
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

/** Shows that the page behind the link is on its way. */
function PendingMark() {
  const { pending } = useLinkStatus();
  return pending ? (
    <span
      aria-hidden="true"
      className="size-2 rounded-full bg-accent motion-safe:animate-pulse motion-safe:[animation-delay:100ms]"
    />
  ) : null;
}
