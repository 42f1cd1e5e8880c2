import type { Metadata } from 'next';
import { LinkEnds } from '../_components/link-ends';

export const metadata: Metadata = { title: 'Nothing left to do' };

export default function ClosedPage() {
  return (
    <LinkEnds title="Nothing is left to do">
      {() => 'What we wrote to you about is settled. You find how it ended in your overview.'}
    </LinkEnds>
  );
}
