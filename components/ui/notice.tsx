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
  children,
  action,
}: {
  readonly tone?: keyof typeof TONES;
  readonly role?: 'status' | 'alert';
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  const tint = tone === 'caution' ? 'text-caution' : 'text-ink-soft';
  return (
    <div
      role={role}
      className={`flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl border px-4 py-3 text-sm ${TONES[tone]}`}
    >
      <div className="flex min-w-0 flex-1 basis-64 items-start gap-3">
        <span className={`mt-0.5 ${tint}`}>
          {icon ?? (tone === 'caution' ? <TriangleAlertIcon /> : <InfoIcon />)}
        </span>
        <div className="min-w-0">
          <p className="font-medium text-ink">{title}</p>
          {children !== undefined && <div className="mt-0.5 text-ink-soft">{children}</div>}
        </div>
      </div>
      {action}
    </div>
  );
}
