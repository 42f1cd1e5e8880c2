import { createSandboxControl, type SandboxControl } from '@/sandbox/control-client';
import type { Charge, Mail } from '@/sandbox/records';
import { PlainBrowser } from './plain-browser';

/** Where the running demo is, and whom the tour signs in as: a customer with one subscription billed elsewhere. */
export interface TourOptions {
  appUrl: string;
  sandboxUrl: string;
  customerEmail: string;
  print: (line: string) => void;
}

const PATIENCE_MS = 30_000;
const POLL_MS = 200;

/**
 * Drives the whole story over HTTP, without scripts, and prints each step with what was observed. Throws at the first step
 * that does not hold, with what was seen instead. It may be run again: it begins wherever the customer stands.
 */
export async function runTour(options: TourOptions): Promise<void> {
  const tour = new Tour(options);
  await tour.signIn();
  await tour.moveToHsaFsa();
  await tour.renew();
  await tour.repair();
}

class Tour {
  readonly #browser = new PlainBrowser();
  readonly #sandbox: SandboxControl;
  readonly #options: TourOptions;
  #steps = 0;

  constructor(options: TourOptions) {
    this.#options = options;
    this.#sandbox = createSandboxControl(options.sandboxUrl);
  }

  async signIn(): Promise<void> {
    const { appUrl, customerEmail } = this.#options;
    const before = (await this.#sandbox.mail(customerEmail)).length;
    await this.#browser.goto(`${appUrl}/sign-in`);
    await this.#browser.press('Email me a sign-in link', { Email: customerEmail });
    const mail = await this.#mailAfter(before, (link) => link.includes('/api/auth/callback/'));
    this.#say('A sign-in link was mailed', `to ${customerEmail}: "${mail.subject}"`);
    await this.#browser.goto(mail.link);
    this.#hold(this.#browser.page.url.startsWith(`${appUrl}/account`), 'The link did not lead to the account');
    this.#say('The link signs in', new URL(this.#browser.page.url).pathname);
    const again = new PlainBrowser();
    await again.goto(mail.link);
    await again.goto(`${appUrl}/account`);
    this.#hold(!new URL(again.page.url).pathname.startsWith('/account'), 'The link worked a second time');
    this.#say('The link works once', 'a second use ends at the sign-in page');
  }

  async moveToHsaFsa(): Promise<void> {
    await this.#browser.follow('Use my HSA/FSA');
    await this.#browser.press('Continue to Truemed');
    this.#hold(this.#browser.page.url.startsWith(this.#options.sandboxUrl), 'The button did not lead to Truemed');
    this.#say('create_payment_token answered with a link', `Truemed asks: "${headingOf(this.#browser.page.html)}"`);
    await this.#browser.press('Continue');
    await this.#browser.press('Save card');
    this.#hold(
      /\/account\/hsa-fsa\/prq_\w+$/.test(this.#browser.page.url),
      'Truemed did not lead back to the waiting page',
    );
    this.#say('Survey and card are done, back on the waiting page', `it says "${statusOf(this.#browser.page.html)}"`);
    const waitingPage = this.#browser.page.url;
    await this.#until('the waiting page says Connected', async () => {
      await this.#browser.goto(waitingPage);
      return statusOf(this.#browser.page.html) === 'Connected' ? 'Connected' : null;
    });
    const delivery = (await this.#sandbox.ledger()).deliveries.findLast(
      (sent) => sent.event_type === 'payment_token.updated',
    );
    this.#hold(delivery?.log.at(-1)?.status === 204, 'The token webhook was not answered 204');
    this.#say('payment_token_updated arrived and was applied', 'answered 204; the waiting page says "Connected"');
  }

  async renew(): Promise<void> {
    const before = await this.#capturedCharges();
    await this.#sandbox.advance({ days: 35 });
    this.#say('The clock moved 35 days', `it is ${(await this.#sandbox.clock()).now}`);
    const paid = await this.#until('one captured charge', async () => {
      const charges = await this.#capturedCharges();
      return charges.length > before.length ? charges : null;
    });
    const orders = new Set(paid.slice(before.length).map(({ metadata }) => metadata));
    // In 35 days a monthly order may fall due twice.
    this.#hold(paid.length === before.length + orders.size, 'An order was charged twice');
    await this.#browserSays('/account', /Paid/);
    this.#say(
      'The renewal is captured',
      `${orders.size === 1 ? 'one charge' : `${orders.size} charges`} of ${dollars(paid.at(-1)?.amount)} in Truemed's ledger, and the account says "Paid"`,
    );
  }

  async repair(): Promise<void> {
    const { appUrl, customerEmail, sandboxUrl } = this.#options;
    const before = await this.#capturedCharges();
    const mails = (await this.#sandbox.mail(customerEmail)).length;
    await this.#sandbox.setTokenHealth({ email: customerEmail, health: 'needs_card' });
    await this.#sandbox.advance({ days: 31 });
    const mail = await this.#mailAfter(mails, (link) => link.includes('/go/'));
    this.#say('The next renewal is answered 422', `one mail: "${mail.subject}"`);
    await this.#browserSays('/account', /Action needed/);
    this.#hold(
      (await this.#capturedCharges()).length === before.length,
      'A charge was captured although the card needs an update',
    );
    this.#say('The account says so', '"Action needed", and nothing was charged');

    const stranger = new PlainBrowser();
    await stranger.goto(mail.link);
    this.#hold(stranger.page.url.startsWith(sandboxUrl), 'The mailed link did not lead to Truemed');
    this.#say(
      'The mailed link leads to Truemed, signed in or not',
      new URL(mail.link).pathname.replace(/(rec_.{6}).*/, '$1…'),
    );
    await this.#browser.goto(mail.link);
    await this.#browser.press('Save card');
    this.#hold(this.#browser.page.url.startsWith(appUrl), 'Truemed did not lead back');
    const paid = await this.#until('the repaired renewal is captured', async () => {
      const charges = await this.#capturedCharges();
      return charges.length > before.length ? charges : null;
    });
    this.#hold(
      paid.length === before.length + 1,
      `${paid.length - before.length} charges were captured in place of one`,
    );
    await this.#browserSays('/account', /Next charge/);
    this.#say(
      'The card is repaired and the order paid',
      `one more charge of ${dollars(paid.at(-1)?.amount)}, under a new key`,
    );
  }

  /** The customer's captured charges in Truemed's own ledger. */
  async #capturedCharges(): Promise<Pick<Charge, 'amount' | 'metadata'>[]> {
    const { sessions } = await this.#sandbox.state(this.#options.customerEmail);
    const mine = new Set(sessions.map((session) => session.id));
    const { charges } = await this.#sandbox.ledger();
    return charges.filter((charge) => mine.has(charge.session_id));
  }

  async #mailAfter(count: number, isWanted: (link: string) => boolean): Promise<{ subject: string; link: string }> {
    return this.#until('a mail arrives', async () => {
      const mails = await this.#sandbox.mail(this.#options.customerEmail);
      const fresh = mails.slice(0, mails.length - count);
      return fresh.map((mail) => pick(mail, isWanted)).find((found) => found !== null) ?? null;
    });
  }

  async #browserSays(path: string, words: RegExp): Promise<void> {
    await this.#until(`${path} says ${words.source}`, async () => {
      await this.#browser.goto(`${this.#options.appUrl}${path}`);
      return words.test(this.#browser.page.text) ? true : null;
    });
  }

  async #until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const seen = await look();
      if (seen !== null) return seen;
      if (performance.now() > deadline) {
        throw new Error(
          `Waited ${PATIENCE_MS / 1000} s for this: ${what}. The page ${this.#browser.page.url} says: ${this.#browser.page.text.slice(0, 300)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #hold(holds: boolean, otherwise: string): void {
    if (!holds)
      throw new Error(
        `${otherwise}. ${this.#browser.page.url} (${this.#browser.page.status}) says: ${this.#browser.page.text.slice(0, 300)}`,
      );
  }

  #say(step: string, observed: string): void {
    this.#steps += 1;
    this.#options.print(`${String(this.#steps).padStart(2)}. ${step}: ${observed}.`);
  }
}

function pick(mail: Mail, isWanted: (link: string) => boolean): { subject: string; link: string } | null {
  const link = mail.links.find(isWanted);
  return link === undefined ? null : { subject: mail.subject, link };
}

function statusOf(html: string): string {
  return html.match(/role="status"[^>]*>(?:\s*<[^>]+>)*\s*([^<]+)/)?.[1]?.trim() ?? 'nothing';
}

function headingOf(html: string): string {
  return html.match(/<h1[^>]*>([^<]+)/)?.[1]?.trim() ?? 'nothing';
}

function dollars(amount: number | undefined): string {
  return amount === undefined ? 'an unknown amount' : `$${(amount / 100).toFixed(2)}`;
}
