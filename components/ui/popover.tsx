'use client';

import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react';
import { Button } from './button';

/**
 * A button that unfolds a small sheet: below it at a desk, at the bottom edge of a phone's screen, where a thumb is.
 * Escape, a press elsewhere or moving the focus on folds it again; closing it from inside gives the focus back.
 */
export function Popover({
  label,
  title,
  children,
}: {
  /** What stands on the button. */
  readonly label: ReactNode;
  /** What the sheet is about, for those who hear it. */
  readonly title: string;
  readonly children: (close: () => void) => ReactNode;
}) {
  const [isOpen, setIsOpen] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const sheetId = useId();

  const close = useCallback(() => {
    setIsOpen(false);
    button.current?.focus();
  }, []);

  useEffect(() => {
    if (!isOpen) return;
    const closeOutside = (event: Event) => {
      if (event.target instanceof Node && !frame.current?.contains(event.target)) setIsOpen(false);
    };
    const closeOnEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close();
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    document.addEventListener('keydown', closeOnEscape);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
      document.removeEventListener('keydown', closeOnEscape);
    };
  }, [isOpen, close]);

  return (
    <div ref={frame} className="sm:relative">
      <Button
        ref={button}
        look="plain"
        size="touch"
        aria-expanded={isOpen}
        aria-controls={sheetId}
        onClick={() => setIsOpen(!isOpen)}
      >
        {label}
      </Button>
      <section
        id={sheetId}
        aria-label={title}
        hidden={!isOpen}
        className="fixed inset-x-0 bottom-0 z-30 max-h-[85dvh] overflow-y-auto rounded-t-2xl border border-hairline bg-raised p-4 text-left shadow-float sm:absolute sm:inset-x-auto sm:top-full sm:right-0 sm:bottom-auto sm:mt-1.5 sm:w-80 sm:rounded-xl"
      >
        {isOpen && children(close)}
      </section>
    </div>
  );
}
