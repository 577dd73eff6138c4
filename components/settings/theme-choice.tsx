'use client';

import { useState } from 'react';
import { THEME_COOKIE, THEMES, type Theme } from '@/components/theme';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

const LABELS: Readonly<Record<Theme, string>> = {
  system: 'Same as my device',
  light: 'Light',
  dark: 'Dark',
};

/** Chooses the colours of all pages, at once and for the next visit. */
export function ThemeChoice({ initial }: { readonly initial: Theme }) {
  const [chosen, setChosen] = useState(initial);
  const choose = (theme: Theme) => {
    setChosen(theme);
    const lifetime = theme === 'system' ? 0 : YEAR_SECONDS;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in every browser.
    document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${lifetime}; samesite=lax`;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  return (
    <fieldset>
      <legend className="sr-only">Colours</legend>
      <div className="flex flex-wrap gap-x-6">
        {THEMES.map((theme) => (
          <label key={theme} className="flex min-h-11 cursor-pointer items-center gap-2.5 text-sm">
            <input
              type="radio"
              name="theme"
              value={theme}
              checked={chosen === theme}
              onChange={() => choose(theme)}
              className="size-4.5 accent-accent"
            />
            {LABELS[theme]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
