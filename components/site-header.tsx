import Link from 'next/link';
import { BrandMark } from '@/components/ui/brand-mark';
import { Button, buttonClass } from '@/components/ui/button';

/** The product's name, who is signed in, the way out, and for administrators the way to coverage. */
export function SiteHeader({
  email,
  signOut,
  coverageHref = null,
}: {
  /** Null when nobody is signed in. */
  readonly email: string | null;
  readonly signOut: (form: FormData) => Promise<void>;
  /** Given to administrators only. */
  readonly coverageHref?: string | null;
}) {
  return (
    <div className="border-b border-hairline bg-surface">
      <header className="mx-auto flex h-16 max-w-5xl items-center gap-3 px-4 sm:px-8">
        <Link href="/" className="flex items-center gap-2.5 rounded-lg font-semibold tracking-tight">
          <BrandMark />
          <span className="max-[24rem]:sr-only">Portfolio History</span>
        </Link>
        <nav aria-label="Main" className="ml-auto flex min-w-0 items-center gap-1 sm:gap-2">
          {coverageHref !== null && (
            <Link href={coverageHref} className={buttonClass({ look: 'plain' })}>
              Coverage
            </Link>
          )}
          {email !== null && (
            <>
              <span className="hidden max-w-56 truncate px-2 text-sm text-ink-soft sm:block">
                <span className="sr-only">Signed in as </span>
                {email}
              </span>
              <form action={signOut}>
                <Button type="submit">Sign out</Button>
              </form>
            </>
          )}
        </nav>
      </header>
    </div>
  );
}
