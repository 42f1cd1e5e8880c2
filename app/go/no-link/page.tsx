import type { Metadata } from 'next';
import { LinkEnds } from '../_components/link-ends';

export const metadata: Metadata = { title: 'Truemed cannot be opened' };

export default function NoLinkPage() {
  return (
    <LinkEnds title="Truemed cannot be opened now">
      {({ email }) =>
        `Truemed did not give us a page to send you to. Nothing was charged by opening this link. Please try it again in an hour, or write to ${email}, and we help you from there.`
      }
    </LinkEnds>
  );
}
