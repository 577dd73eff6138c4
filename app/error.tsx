'use client';

import { PageTrouble } from '@/components/page-trouble';

interface ErrorProps {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}

/** Stands in for any page that failed; what went wrong is in the log, under the reference. */
export default function PageError({ error, reset }: ErrorProps) {
  return <PageTrouble reference={error.digest ?? null} reset={reset} />;
}
