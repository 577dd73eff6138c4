'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';

const PLACES = [
  { href: '/admin', name: 'Inbox' },
  { href: '/admin/coverage', name: 'Coverage', below: '/admin/reminders' },
  { href: '/admin/backfill', name: 'Backfill' },
  { href: '/admin/runs', name: 'Runs' },
  { href: '/admin/alerts', name: 'Alerts' },
  { href: '/admin/audit', name: 'Audit log' },
] satisfies readonly { readonly href: string; readonly name: string; readonly below?: string }[];

/** The way between the operators' pages; a place stays marked on the pages below it. */
export function AdminNavigation() {
  const path = usePathname();
  return (
    <nav aria-label="Operations" className="overflow-x-auto border-b border-hairline bg-surface">
      <ul className="mx-auto flex max-w-5xl gap-1 px-2 sm:px-6">
        {PLACES.map(({ href, name, below }) => {
          const isHere =
            path === href || path === below || (href !== '/admin' && path.startsWith(`${href}/`));
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={path === href ? 'page' : isHere ? 'true' : undefined}
                className="block border-b-2 border-transparent px-3 py-2.5 text-sm font-medium whitespace-nowrap text-ink-soft hover:text-ink aria-[current]:border-accent aria-[current]:text-ink"
              >
                {name}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
