'use client';

import { Popover as Radix } from 'radix-ui';
import type { ReactNode, RefObject } from 'react';

/** The sheet of a popover, which comes with the first opening of one: who opens none is spared Radix. */
export function PopoverSheet({
  id,
  title,
  button,
  onClose,
  children,
}: {
  readonly id: string;
  readonly title: string;
  /** What unfolded it: the sheet lies at it, and gives the focus back to it. */
  readonly button: RefObject<HTMLButtonElement>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const giveFocusBack = (event: Event) => {
    event.preventDefault();
    button.current.focus();
  };
  const leaveToButton = (event: Event) => {
    if (event.target instanceof Node && button.current.contains(event.target)) event.preventDefault();
  };
  return (
    <Radix.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Anchor virtualRef={button} />
      <Radix.Content
        id={id}
        aria-label={title}
        align="end"
        sideOffset={6}
        collisionPadding={8}
        onCloseAutoFocus={giveFocusBack}
        onInteractOutside={leaveToButton}
        className="z-30 max-h-[85dvh] w-full overflow-y-auto rounded-t-2xl border border-hairline bg-raised p-4 text-left shadow-float outline-none sm:max-h-(--radix-popover-content-available-height) sm:w-80 sm:rounded-xl"
      >
        {children}
      </Radix.Content>
    </Radix.Root>
  );
}
