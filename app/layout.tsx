import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import './globals.css';

/** Every page is rendered for its request: it shows one person's data, and the policy's nonce is made per request. */
export const dynamic = 'force-dynamic';

export const metadata: Metadata = { title: 'Perennial' };
export const viewport: Viewport = { colorScheme: 'light dark' };

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
