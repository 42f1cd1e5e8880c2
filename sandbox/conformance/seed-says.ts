import type { Said } from './seed-coverage';

/** What sentences of a page about one subject say: `fact` is `kind name`, or a whole id where it is about another. */
export function says(subject: string, fact: string | readonly string[], ...quotes: string[]): Said {
  const ids = (typeof fact === 'string' ? [fact] : fact).map((name) =>
    /^(request|answer|error|rule) /.test(name) ? `${subject} ${name}` : name,
  );
  return { quotes, facts: ids, noFact: null };
}

/** Sentences that say nothing which a call could show, and why. */
export function saysNothing(noFact: string, ...quotes: string[]): Said {
  return { quotes, facts: [], noFact };
}

const HEADING = 'A heading, or the lead of a list.';
const LISTED: readonly (readonly [string, string])[] = [
  ['404', 'Not Found Error'],
  ['MethodNotAllowed', 'Method Not Allowed Error'],
  ['500', 'Internal Server Error'],
  ['501', 'Not Implemented Error'],
];

/** The foot of every page: its key, its headings, and the errors that each lists without a body. */
export function pageFoot(subject: string, notFound: string): Said[] {
  return [
    says(
      subject,
      'everything request x-truemed-api-key',
      'x-truemed-api-keystring',
      'Sales channel API key for merchant',
    ),
    saysNothing(HEADING, 'Authentication', 'Response', 'Successful response', 'Errors', 'Response Notes'),
    saysNothing(
      'A status or its name alone: its codes have facts of their own.',
      '400',
      '404',
      '405',
      '500',
      '501',
      'Bad Request Error',
    ),
    ...LISTED.map(([name, quote]) => says(subject, `error ${name === '404' ? notFound : name}`, quote)),
  ];
}
