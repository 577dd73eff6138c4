import Link from 'next/link';
import { buttonClass } from '@/components/ui/button';
import { PublicPage } from './public-page';

export const metadata = { title: 'Not found' };

/** What is shown for an address that is none, and for pages that are not the viewer's to see; with the way on. */
export default function NotFound() {
  return (
    <PublicPage title="There is no such page">
      <p className="text-ink-soft">Nothing is at this address, or your account may not see it.</p>
      <p className="pt-2">
        <Link href="/" className={buttonClass({ look: 'primary' })}>
          Go to your portfolio
        </Link>
      </p>
    </PublicPage>
  );
}
