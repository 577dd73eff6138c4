import { InfoIcon, TriangleAlertIcon } from 'lucide-react';
import type { ReactNode } from 'react';

const TONES = {
  info: 'border-hairline bg-surface',
  caution: 'border-caution-line bg-caution-soft',
} as const;

/**
 * A message across the page. Give it `role="alert"` when it appears in answer to something, `status` when it
 * merely informs.
 */
export function Notice({
  tone = 'info',
  role = 'status',
  icon,
  title,
  isOneLine = false,
  children,
  action,
}: {
  readonly tone?: keyof typeof TONES;
  readonly role?: 'status' | 'alert';
  readonly icon?: ReactNode;
  readonly title: string;
  /** On a phone the title and the action share a line, and the rest is left to those who hear the page. */
  readonly isOneLine?: boolean;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  const tint = tone === 'caution' ? 'text-caution' : 'text-ink-soft';
  return (
    <div
      role={role}
      className={`flex items-center gap-x-4 gap-y-3 rounded-xl border px-4 text-sm ${isOneLine ? 'py-1.5 max-sm:gap-x-2 max-sm:px-3 sm:flex-wrap sm:py-2' : 'flex-wrap py-3'} ${TONES[tone]}`}
    >
      <div
        className={`flex min-w-0 flex-1 gap-3 ${isOneLine ? 'items-center max-sm:gap-2 sm:basis-64 sm:items-start' : 'basis-64 items-start'}`}
      >
        <span className={`mt-0.5 ${tint}`}>
          {icon ?? (tone === 'caution' ? <TriangleAlertIcon /> : <InfoIcon />)}
        </span>
        <div className="min-w-0">
          <p className={`font-medium text-ink ${isOneLine ? 'max-sm:leading-tight' : ''}`}>{title}</p>
          {children !== undefined && (
            <div className={`mt-0.5 text-ink-soft ${isOneLine ? 'max-sm:sr-only' : ''}`}>{children}</div>
          )}
        </div>
      </div>
      {action}
    </div>
  );
}
