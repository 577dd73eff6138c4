'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';

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
  const nav = useRef<HTMLElement>(null);

  // Where they do not all fit, the one that is open is in view.
  useEffect(() => {
    const here = nav.current?.querySelector(`[href="${path}"]`);
    if (nav.current === null || !(here instanceof HTMLElement)) return;
    nav.current.scrollLeft = here.offsetLeft + here.offsetWidth - nav.current.clientWidth;
  }, [path]);

  return (
    <nav ref={nav} aria-label="Operations" className="overflow-x-auto border-b border-hairline bg-surface">
      <ul className="mx-auto flex max-w-5xl px-2.5 sm:gap-1 sm:px-5">
        {PLACES.map(({ href, name, below }) => {
          const isHere =
            path === href || path === below || (href !== '/admin' && path.startsWith(`${href}/`));
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={path === href ? 'page' : isHere ? 'true' : undefined}
                className="block border-b-2 border-transparent px-1.5 py-2.5 text-sm sm:px-3 font-medium whitespace-nowrap text-ink-soft hover:text-ink aria-[current]:border-accent aria-[current]:text-ink"
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
