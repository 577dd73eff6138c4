import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import './globals.css';

// Each page's scripts carry a nonce of their own, so none can be made beforehand, not even the one for unknown addresses.
export const dynamic = 'force-dynamic';

export const metadata: Metadata = {
  title: { default: 'Portfolio History', template: '%s · Portfolio History' },
  description: 'What was my portfolio worth, day by day? One honest line, and how each point is known.',
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f5f2' },
    { media: '(prefers-color-scheme: dark)', color: '#0b0d11' },
  ],
};

/** The frame of every page: language, typefaces, tokens and the link that skips to the page's `#main`. */
export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`}>
      <body className="min-h-dvh font-sans text-base leading-normal">
        <a
          href="#main"
          className="sr-only z-50 rounded-lg bg-accent px-4 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
        >
          Skip to content
        </a>
        {children}
      </body>
    </html>
  );
}
