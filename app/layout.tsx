import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { SiteFooter } from '@/components/site-footer';
import { readTheme, THEME_COLOURS, THEME_COOKIE, type Theme } from '@/components/theme';
import './globals.css';

// Each page's scripts carry a nonce of their own, so none can be made beforehand, not even the one for unknown addresses.
export const dynamic = 'force-dynamic';

export const metadata: Metadata = {
  title: { default: 'Portfolio History', template: '%s · Portfolio History' },
  description: 'What was my portfolio worth, day by day? One honest line, and how each point is known.',
};

async function chosenTheme(): Promise<Theme> {
  return readTheme((await cookies()).get(THEME_COOKIE)?.value);
}

export async function generateViewport(): Promise<Viewport> {
  const theme = await chosenTheme();
  if (theme !== 'system') return { themeColor: THEME_COLOURS[theme] };
  return {
    themeColor: (['light', 'dark'] as const).map((each) => ({
      media: `(prefers-color-scheme: ${each})`,
      color: THEME_COLOURS[each],
    })),
  };
}

/** The frame of every page: language, typeface, colours, the link that skips to the page's `#main`, and the footer. */
export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const theme = await chosenTheme();
  return (
    <html lang="en" className={GeistSans.variable} data-theme={theme === 'system' ? undefined : theme}>
      <body className="flex min-h-dvh flex-col font-sans text-base leading-normal">
        <a
          href="#main"
          className="keeps-colours sr-only z-50 rounded-lg bg-accent px-4 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
        >
          Skip to content
        </a>
        {children}
        <SiteFooter />
      </body>
    </html>
  );
}
