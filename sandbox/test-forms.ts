import type { Receiver } from './test-world';

/** Sends a hosted page's form the way a browser does, without following where it leads. */
export async function sendForm(url: unknown, fields: Record<string, string>) {
  const response = await fetch(String(url), { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  return { status: response.status, location: response.headers.get('location'), html: await response.text() };
}

/** The survey, filled in. */
export const survey = (outcome = 'qualifies') => ({ step: 'survey', action: 'continue', state: 'CA', outcome });
/** The card form with a card that works. */
export const card = (changes: Record<string, string> = {}) => ({
  step: 'card',
  action: 'save',
  number: '4242 4242 4241 4417',
  expiry: '09/60',
  code: '123',
  outcome: 'accept',
  ...changes,
});

/** The envelopes that an endpoint was sent, in the order of their arrival. */
export function envelopes(receiver: Receiver) {
  return receiver.received.map(({ body }) => JSON.parse(body));
}
