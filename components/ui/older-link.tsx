import Link from 'next/link';
import { buttonClass } from './button';

/** The way to the next page of a list that is paged by key; nothing when this was the last. */
export function OlderLink({
  path,
  query,
  before,
}: {
  readonly path: string;
  /** What else stands in the address and stays. */
  readonly query: Readonly<Record<string, string>>;
  readonly before: string | number | null;
}) {
  if (before === null) return null;
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const search = new URLSearchParams([...given, ['before', String(before)]]);
  return (
    <p className="mt-4">
      <Link href={`${path}?${search}`} className={buttonClass()}>
        Older
      </Link>
    </p>
  );
}
