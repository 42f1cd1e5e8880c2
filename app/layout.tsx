import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { preload } from 'react-dom';
import './globals.css';

const typeface = new URL(
  '@fontsource-variable/hanken-grotesk/files/hanken-grotesk-latin-wght-normal.woff2',
  import.meta.url,
);

/** Every page is rendered for its request: it shows one person's data, and the policy's nonce is made per request. */
export const dynamic = 'force-dynamic';

export const metadata: Metadata = { title: 'Perennial' };
export const viewport: Viewport = { colorScheme: 'light dark' };

export default function RootLayout({ children }: { children: ReactNode }) {
  preload(typeface.href, { as: 'font', type: 'font/woff2', crossOrigin: 'anonymous', fetchPriority: 'low' });
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
