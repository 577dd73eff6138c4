'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { buttonClass } from '@/components/ui/button';

/** The ways between the product's pages; the one that is open is marked. */
export function SiteNavigation({ coverageHref }: { readonly coverageHref: string | null }) {
  const path = usePathname();
  const pages = [
    { href: '/', label: 'Portfolio', isOpen: path === '/' },
    { href: '/connections', label: 'Connections', isOpen: path.startsWith('/connections') },
    { href: '/settings', label: 'Settings', isOpen: path === '/settings' },
    ...(coverageHref === null
      ? []
      : [{ href: coverageHref, label: 'Coverage', isOpen: path.startsWith('/admin') }]),
  ];
  return (
    <nav aria-label="Main" className="flex flex-wrap items-center gap-1">
      {pages.map(({ href, label, isOpen }) => (
        <Link
          key={href}
          href={href}
          aria-current={isOpen ? 'page' : undefined}
          className={`${buttonClass({ look: 'plain' })} aria-[current=page]:text-ink aria-[current=page]:underline aria-[current=page]:decoration-2 aria-[current=page]:underline-offset-8`}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
