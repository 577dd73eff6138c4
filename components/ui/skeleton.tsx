/** A quiet placeholder of the size that the content will have. */
export function Skeleton({ className = '' }: { readonly className?: string }) {
  return (
    <div aria-hidden="true" className={`motion-safe:animate-pulse rounded-lg bg-gap-fill ${className}`} />
  );
}
