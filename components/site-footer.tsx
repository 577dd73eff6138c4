import Link from 'next/link';

const PAGES = [
  { href: '/help', label: 'Help' },
  { href: '/privacy', label: 'Privacy' },
  { href: '/status', label: 'Status' },
] as const;

/** At the end of every page: what is there for whoever wonders. */
export function SiteFooter() {
  return (
    <footer className="mt-auto border-t border-hairline print:hidden">
      <nav
        aria-label="Footer"
        className="mx-auto flex max-w-5xl flex-wrap items-center gap-x-6 px-4 py-2 text-sm text-ink-soft sm:px-8"
      >
        {PAGES.map(({ href, label }) => (
          <Link
            key={href}
            href={href}
            // Hardly anybody goes there, so nothing is asked for ahead.
            prefetch={false}
            className="flex min-h-11 items-center underline-offset-4 hover:text-ink hover:underline"
          >
            {label}
          </Link>
        ))}
      </nav>
    </footer>
  );
}
