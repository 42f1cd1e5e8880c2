import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Gallery } from '@/components/gallery';

export const metadata: Metadata = { title: 'Components and their states' };

/** The living style sheet. Not there for the public. */
export default async function ComponentsPage({ searchParams }: { searchParams: Promise<{ dialog?: string }> }) {
  if (process.env.APP_ENV === 'live') notFound();
  return <Gallery dialog={(await searchParams).dialog === 'charge'} />;
}
