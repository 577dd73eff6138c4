'use client';

import { type ReactNode, type RefObject, useId, useRef, useState } from 'react';
import { Button } from './button';

type Sheet = typeof import('./popover-sheet').PopoverSheet;

/**
 * A button that unfolds a small sheet: below it at a desk, at the bottom edge of a phone's screen, where a thumb is.
 * The focus goes into the sheet; Escape or a press elsewhere folds it again, and the button has the focus back.
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
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [Sheet, setSheet] = useState<Sheet | null>(null);
  const close = () => setIsOpen(false);
  // Whoever comes near the button will press it, so the sheet is on its way by then.
  const load = () => {
    if (Sheet !== null) return;
    import('./popover-sheet').then(({ PopoverSheet }) => setSheet(() => PopoverSheet)).catch(reportError);
  };
  return (
    <>
      <Button
        ref={button}
        look="plain"
        size="touch"
        className="max-sm:px-2.5"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onPointerEnter={load}
        onFocus={load}
        onClick={() => {
          load();
          setIsOpen(!isOpen);
        }}
      >
        {label}
      </Button>
      {isOpen && Sheet !== null && isMounted(button) && (
        <Sheet id={id} title={title} button={button} onClose={close}>
          {children(close)}
        </Sheet>
      )}
    </>
  );
}

function isMounted(element: RefObject<HTMLButtonElement | null>): element is RefObject<HTMLButtonElement> {
  return element.current !== null;
}
