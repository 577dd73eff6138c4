'use client';

import { EyeIcon, EyeOffIcon } from 'lucide-react';
import { useState } from 'react';
import { HIDE_AMOUNTS_COOKIE } from '@/components/format/formats';
import { Button } from '@/components/ui/button';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Whether amounts are hidden, as the browser was told last, and the way to change that. */
export function useHiddenAmounts(initial: boolean) {
  const [areHidden, setAreHidden] = useState(initial);
  const toggle = () => {
    const lifetime = areHidden ? 0 : YEAR_SECONDS;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser.
    document.cookie = `${HIDE_AMOUNTS_COOKIE}=1; path=/; max-age=${lifetime}; samesite=lax`;
    setAreHidden(!areHidden);
  };
  return { areHidden, toggle };
}

/** A switch: amounts are hidden from whoever looks over a shoulder, percentages stay. */
export function HideAmountsSwitch({
  areHidden,
  onToggle,
}: {
  readonly areHidden: boolean;
  readonly onToggle: () => void;
}) {
  return (
    <Button
      look="plain"
      role="switch"
      aria-checked={areHidden}
      aria-label="Hide amounts"
      title={areHidden ? 'Show amounts' : 'Hide amounts'}
      className="!px-2 print:hidden"
      onClick={onToggle}
    >
      {areHidden ? <EyeOffIcon /> : <EyeIcon />}
    </Button>
  );
}
