import type { ReactNode } from 'react';

/** Where an answer stands: it is the heading of the overview, and a heading below the name on the page of a subscription. */
export type AnswerPlace = 'overview' | 'subscription';

/** The one sentence of a customer page. */
export function AnswerLine({ place, children }: { place: AnswerPlace; children: ReactNode }) {
  const Heading = place === 'overview' ? 'h1' : 'h2';
  return (
    <Heading id="next" className="text-answer font-semibold">
      {children}
    </Heading>
  );
}
