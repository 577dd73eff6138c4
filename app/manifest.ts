import type { MetadataRoute } from 'next';
import { THEME_COLOURS } from '@/components/theme';

/** What a phone needs to keep the product on its home screen. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    name: 'Portfolio History',
    short_name: 'Portfolio',
    description: 'What was my portfolio worth, day by day?',
    start_url: '/',
    display: 'standalone',
    background_color: THEME_COLOURS.light,
    theme_color: THEME_COLOURS.light,
    icons: [
      { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: '/apple-icon.png', sizes: '180x180', type: 'image/png' },
    ],
  };
}
