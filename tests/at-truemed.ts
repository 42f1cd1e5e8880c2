/** A customer on Truemed's hosted pages, by plain form posts: what a browser without scripts does. */

/** What the customer chooses there, in order; each ends where the provider sends the browser next. */
export interface AtTruemed {
  /** Completes the pages: the survey (if there is one) qualifies, the card (if there is one) is accepted. Returns the address that the browser is sent to. */
  completes(): Promise<string>;
  /** The survey says that the customer does not qualify. */
  doesNotQualify(): Promise<string>;
  /** Everything is submitted, and an independent practitioner reviews it later. */
  isReviewedLater(): Promise<string>;
  cancels(): Promise<string>;
}

const CARD = { number: '4242 4242 4241 4417', expiry: '09/29', code: '123' };

/** Opens Truemed's link as a customer. Throws when a page is not there, or has neither a survey nor a card to fill in. */
export function atTruemed(redirectUrl: string): AtTruemed {
  return {
    completes: () => walk(redirectUrl, 'qualifies'),
    doesNotQualify: () => walk(redirectUrl, 'ineligible'),
    isReviewedLater: () => walk(redirectUrl, 'reviewed_later'),
    cancels: async () => {
      const step = await readStep(redirectUrl);
      return expectRedirect(await post(redirectUrl, { step, action: 'cancel' }));
    },
  };
}

async function walk(redirectUrl: string, outcome: string): Promise<string> {
  let url = redirectUrl;
  for (let pages = 0; pages < 4; pages += 1) {
    const step = await readStep(url);
    const fields =
      step === 'survey'
        ? { step, state: 'CA', outcome, action: 'continue' }
        : { step, ...CARD, outcome: 'accept', action: 'save' };
    const response = await post(url, fields);
    const next = expectRedirect(response);
    if (new URL(next).origin !== new URL(redirectUrl).origin) return next;
    url = next;
  }
  throw new Error('The hosted pages do not end.');
}

async function readStep(url: string): Promise<string> {
  const response = await fetch(url);
  const step = (await response.text()).match(/name="step" value="(survey|card)"/)?.[1];
  if (step === undefined) throw new Error(`The page ${response.status} asks for neither survey nor card.`);
  return step;
}

function post(url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
}

function expectRedirect(response: Response): string {
  const location = response.headers.get('location');
  if (location === null) throw new Error(`Truemed answered ${response.status} without sending the browser on.`);
  return new URL(location, response.url).toString();
}
