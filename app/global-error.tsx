'use client';

import './globals.css';
import { PageTrouble } from '@/components/page-trouble';

interface ErrorProps {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}

/** Stands in for everything when the frame of all pages failed. */
export default function GlobalError({ error, reset }: ErrorProps) {
  return (
    <html lang="en">
      <body className="min-h-dvh font-sans text-base leading-normal">
        <title>Not available right now</title>
        <PageTrouble reference={error.digest ?? null} reset={reset} />
      </body>
    </html>
  );
}
