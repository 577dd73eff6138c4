/** Whether a page is light or dark as the system is, or always one of them. */
export const THEMES = ['system', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

/** Where the choice is kept, so that the server writes the first page in it already. */
export const THEME_COOKIE = 'theme';

/** What the cookie holds: the choice, and the system's where there is none or one that we do not know. */
export function readTheme(cookie: string | undefined): Theme {
  return THEMES.find((theme) => theme === cookie) ?? 'system';
}

/** The canvas of each, for the frame that a browser draws around the page. */
export const THEME_COLOURS = { light: '#f6f5f2', dark: '#0b0d11' } as const;
