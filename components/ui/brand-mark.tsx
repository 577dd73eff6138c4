/** The product's mark: a line that is honest about its gap. */
export function BrandMark({ className = 'size-7' }: { readonly className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 28 28" className={className} fill="none">
      <rect width="28" height="28" rx="8" fill="var(--accent)" />
      <path
        d="M5.5 18.5 9.5 14l3 2.5"
        stroke="var(--on-accent)"
        strokeWidth="2.25"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <path d="m17 13 5.5-5.5" stroke="var(--on-accent)" strokeWidth="2.25" strokeLinecap="round" />
      <circle cx="14.8" cy="14.9" r="0.95" fill="var(--on-accent)" opacity="0.7" />
    </svg>
  );
}
