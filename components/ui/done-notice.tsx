'use client';

import { CircleCheckIcon } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useEffect, useSyncExternalStore } from 'react';

let shown = '';
const listeners = new Set<() => void>();

function show(text: string): void {
  shown = text;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Reports that something was done, on the page's `DoneNotice`: what was pressed is often gone by then. */
export function reportDone(text: string): void {
  show(text);
}

/** What was done last on this page, in words; nothing until something is, and nothing on the next page. */
export function DoneNotice() {
  const text = useSyncExternalStore(
    subscribe,
    () => shown,
    () => '',
  );
  const path = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins anew.
  useEffect(() => () => show(''), [path]);
  return (
    <div role="status" className="empty:hidden">
      {text !== '' && (
        <p className="mb-6 flex items-center gap-2.5 rounded-xl border border-hairline bg-surface px-4 py-3 text-sm font-medium">
          <span className="text-gain">
            <CircleCheckIcon />
          </span>
          {text}
        </p>
      )}
    </div>
  );
}
