'use client';

import { Popover as Radix } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Button } from './button';

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
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Radix.Root open={isOpen} onOpenChange={setIsOpen}>
      <Radix.Trigger asChild>
        <Button look="plain" size="touch" className="max-sm:px-2.5">
          {label}
        </Button>
      </Radix.Trigger>
      <Radix.Content
        aria-label={title}
        align="end"
        sideOffset={6}
        collisionPadding={8}
        className="z-30 max-h-[85dvh] w-full overflow-y-auto rounded-t-2xl border border-hairline bg-raised p-4 text-left shadow-float outline-none sm:max-h-(--radix-popover-content-available-height) sm:w-80 sm:rounded-xl"
      >
        {children(() => setIsOpen(false))}
      </Radix.Content>
    </Radix.Root>
  );
}
