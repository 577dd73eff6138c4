'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useFormats } from '@/components/format/formats-context';
import { buttonClass } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import type { Instant } from '@/lib/domain/trading-date';

/** For a session that ended while the page was open: what is shown stays, and signing in leads back to this very view. */
export function SignedOutNotice({ receivedAt }: { readonly receivedAt: Instant }) {
  const formats = useFormats();
  const here = `${usePathname()}?${useSearchParams()}`;
  return (
    <Notice
      tone="caution"
      role="alert"
      title="You were signed out"
      action={
        <a href={`/sign-in?next=${encodeURIComponent(here)}`} className={buttonClass({ look: 'primary' })}>
          Sign in again
        </a>
      }
    >
      What you see here was loaded at <time dateTime={receivedAt}>{formats.time(receivedAt)}</time> and is not
      refreshed any more. Signing in brings you back to this view.
    </Notice>
  );
}
