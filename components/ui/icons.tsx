import type { ReactNode } from 'react';

/** Small line drawings; always beside words, so hidden from screen readers. */
function Icon({
  children,
  className = 'size-4',
}: {
  readonly children: ReactNode;
  readonly className?: string;
}) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}

export function WarningIcon({ className }: { readonly className?: string }) {
  return (
    <Icon {...(className === undefined ? {} : { className })}>
      <path d="M8 2.2 14.4 13H1.6L8 2.2Z" />
      <path d="M8 6.5v3M8 11.4v.1" />
    </Icon>
  );
}

export function InfoIcon({ className }: { readonly className?: string }) {
  return (
    <Icon {...(className === undefined ? {} : { className })}>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 7.4v3.4M8 5.1v.1" />
    </Icon>
  );
}

export function BrokenLinkIcon({ className }: { readonly className?: string }) {
  return (
    <Icon {...(className === undefined ? {} : { className })}>
      <path d="M6.5 9.5 5 11a2.5 2.5 0 0 1-3.5-3.5L3 6M9.5 6.5 11 5a2.5 2.5 0 0 1 3.5 3.5L13 10" />
      <path d="M6 2.5v1.6M2.5 3 3.6 4.1M10 13.5v-1.6m3.5 1.1-1.1-1.1" />
    </Icon>
  );
}

export function TableIcon() {
  return (
    <Icon>
      <rect x="2" y="3" width="12" height="10" rx="1.5" />
      <path d="M2 6.5h12M2 9.8h12M6.5 6.5V13" />
    </Icon>
  );
}

export function LineIcon() {
  return (
    <Icon>
      <path d="M2 2.5v9A1.5 1.5 0 0 0 3.5 13H14" />
      <path d="m4.5 9.5 3-3.2 2.2 2L13.5 4" />
    </Icon>
  );
}

export function AccountsIcon() {
  return (
    <Icon>
      <rect x="2" y="4" width="12" height="9" rx="1.5" />
      <path d="M2 7h12M5 2.2h6" />
    </Icon>
  );
}

export function CalendarIcon() {
  return (
    <Icon>
      <rect x="2" y="3.2" width="12" height="10.3" rx="1.5" />
      <path d="M2 6.6h12M5.2 1.8v2.6M10.8 1.8v2.6" />
    </Icon>
  );
}

export function ExportIcon() {
  return (
    <Icon>
      <path d="M8 2v8M4.8 7 8 10.2 11.2 7" />
      <path d="M2.5 11v1.5A1.5 1.5 0 0 0 4 14h8a1.5 1.5 0 0 0 1.5-1.5V11" />
    </Icon>
  );
}

export function OfflineIcon() {
  return (
    <Icon>
      <path d="M2 6.2a9 9 0 0 1 12 0M4.4 9a5.4 5.4 0 0 1 7.2 0M8 12.1v.1" />
      <path d="m2.5 2 11 12" />
    </Icon>
  );
}

export function CheckIcon() {
  return (
    <Icon>
      <path d="m3 8.5 3.2 3.2L13 4.8" />
    </Icon>
  );
}

export function CrossIcon() {
  return (
    <Icon>
      <path d="m4 4 8 8M12 4l-8 8" />
    </Icon>
  );
}

export function ClockIcon() {
  return (
    <Icon>
      <circle cx="8" cy="8" r="6" />
      <path d="M8 4.8V8l2.2 1.6" />
    </Icon>
  );
}
