import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { webRuntime } from '@/lib/runtime';

/** The shop's name behind each page's own title: `Overview · Alder Health`. */
export function generateMetadata(): Metadata {
  const { name } = webRuntime().env.merchant;
  return { title: { template: `%s · ${name}`, default: name }, robots: 'noindex' };
}

export default function AccountLayout({ children }: { children: ReactNode }) {
  return children;
}
