import Link from 'next/link';
import { buttonClass } from '@/components/ui/button';
import { PageMain } from '@/components/ui/page-main';

export const metadata = { title: 'Not found' };

/** What is shown for an address that is none, and for pages that are not the viewer's to see. */
export default function NotFound() {
  return (
    <PageMain>
      <h1 className="text-2xl font-semibold tracking-tight">There is no such page</h1>
      <p className="mt-2 mb-6 max-w-prose text-ink-soft">
        Nothing is at this address, or your account may not see it.
      </p>
      <Link href="/" className={buttonClass({ look: 'primary' })}>
        Go to your portfolio
      </Link>
    </PageMain>
  );
}
