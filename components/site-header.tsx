import Link from 'next/link';
import { SiteNavigation } from '@/components/site-navigation';
import { BrandMark } from '@/components/ui/brand-mark';
import { Button } from '@/components/ui/button';

/** The product's name, its pages, who is signed in and the way out. On a phone the pages stand in a row of their own. */
export function SiteHeader({
  email,
  signOut,
  isOperator = false,
  questions = 0,
}: {
  /** Null when nobody is signed in. */
  readonly email: string | null;
  readonly signOut: (form: FormData) => Promise<void>;
  /** Whether the operators' pages are open to the reader. */
  readonly isOperator?: boolean;
  /** How many questions wait for the reader on the page of connections. */
  readonly questions?: number;
}) {
  return (
    <div className="border-b border-hairline bg-surface print:hidden">
      <header
        className={`mx-auto flex min-h-16 max-w-5xl flex-wrap items-center gap-x-3 px-4 sm:px-8 sm:py-2 ${email === null ? '' : 'pt-3'}`}
      >
        <Link href="/" className="flex items-center gap-2.5 rounded-lg font-semibold tracking-tight">
          <BrandMark />
          <span>Portfolio History</span>
        </Link>
        {email !== null && (
          <>
            <div className="order-last -mx-3 w-[calc(100%+1.5rem)] py-1.5 sm:order-none sm:mx-0 sm:w-auto sm:py-0">
              <SiteNavigation isOperator={isOperator} questions={questions} />
            </div>
            <div className="ml-auto flex min-w-0 items-center gap-2">
              <span className="hidden max-w-56 truncate px-2 text-sm text-ink-soft md:block">
                <span className="sr-only">Signed in as </span>
                {email}
              </span>
              <form action={signOut}>
                <Button type="submit">Sign out</Button>
              </form>
            </div>
          </>
        )}
      </header>
    </div>
  );
}
