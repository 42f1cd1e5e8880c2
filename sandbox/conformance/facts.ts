import { PAYMENTS } from './documented-payments';
import { SECONDARY } from './documented-secondary';
import { EVENTS, TOKENS } from './documented-tokens';

/** One thing that the documents say, to be shown by a check. */
export interface Fact {
  /** `subject kind name`, such as `createPaymentSession error TotalAmountInvalid`. */
  readonly id: string;
  /** An operation of the API, or the type of an event. */
  readonly subject: string;
  readonly kind: 'request' | 'answer' | 'error' | 'rule';
  readonly name: string;
  /** Section of truemed-api.md, or the seed page. */
  readonly source: string;
}

/** What the documents list for one endpoint or event: fields sent, fields answered, errors, and rules in words. */
export interface Documented {
  source: string;
  request: string;
  answer: string;
  errors: string;
  rules: readonly string[];
}

/** What is documented, by operation or event. Lists are words with blanks between them. */
const DOCUMENTED: Record<string, Documented> = { ...PAYMENTS, ...TOKENS, ...SECONDARY, ...EVENTS };

/** Every fact, in the order of the documents. */
export const FACTS: readonly Fact[] = Object.entries(DOCUMENTED).flatMap(([subject, { source, ...lists }]) => {
  const fact = (kind: Fact['kind']) => (name: string) => ({
    id: `${subject} ${kind} ${name}`,
    subject,
    kind,
    name,
    source,
  });
  return [
    ...words(lists.request).map(fact('request')),
    ...words(lists.answer).map(fact('answer')),
    ...words(lists.errors).map(fact('error')),
    ...lists.rules.map(fact('rule')),
  ];
});

function words(list: string): string[] {
  return list.split(/\s+/).filter((word) => word !== '');
}
