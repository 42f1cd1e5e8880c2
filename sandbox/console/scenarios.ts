import { draw } from '../chaos';
import { decideSession, seedToken, setTokenHealth } from '../control/actions';
import { ControlError, readInput, SeedTokenInput, TokenHealthInput } from '../control/inputs';
import { addDeliveryFault } from '../control/webhook-actions';
import { DeliveryFaultInput } from '../control/webhook-inputs';
import { handleHosted } from '../hosted/router';
import { tokenOfEmail } from '../model/tokens';
import type { HostedRequest } from '../records';
import type { World } from '../world';
import { callOwnApi } from './own-call';

/** A state worth looking at, made by the same calls and forms that lead to it outside. */
export interface Scenario {
  /** Its part of the address. */
  readonly name: string;
  readonly title: string;
  readonly what: string;
  prepare(stage: Stage): Promise<void>;
}

/** Who a scenario is about; the same seed gives the same person and order. */
export interface Person {
  readonly email: string;
  readonly name: string;
  readonly token: string;
  readonly order: { readonly name: string; readonly sku: string; readonly quantity: number; readonly price: number };
}

const NAMES = ['Ada Park', 'Bo Reyes', 'Chidi Okafor', 'Dana Lindqvist', 'Elif Kaya', 'Femi Adeyemi'];
const ITEMS = ['Magnesium Glycinate', 'Home Air Purifier Filter', 'Compression Socks', 'Light Therapy Lamp'];

/** The person of a scenario and a seed. */
export function personOf(scenario: string, seed: string): Person {
  const pick = (list: readonly string[], what: string) =>
    list[Math.floor(draw('scenario', scenario, seed, what) * list.length)] ?? '';
  const name = pick(NAMES, 'name');
  const item = pick(ITEMS, 'item');
  return {
    name,
    email: `${name.split(' ')[0]?.toLowerCase()}.${scenario}.${seed}@example.com`,
    token: `pt_${scenario}_${seed}`,
    order: {
      name: item,
      sku: item.replace(/[^A-Z]/g, ''),
      quantity: 1,
      price: 2000 + 50 * Math.floor(draw('scenario', scenario, seed, 'price') * 160),
    },
  };
}

/** What a scenario does with its person. */
class Stage {
  readonly world: World;
  readonly person: Person;
  #calls = 0;

  constructor(world: World, person: Person) {
    this.world = world;
    this.person = person;
  }

  /** The person has a token; `change` scripts what its next charge meets. */
  hasToken(change: Record<string, unknown> = {}): void {
    const { email, name, token } = this.person;
    seedToken(this.world, readInput(SeedTokenInput, { email, name, payment_token: token }));
    if (Object.keys(change).length > 0) {
      setTokenHealth(this.world, readInput(TokenHealthInput, { payment_token: token, ...change }));
    }
  }

  /** The shop charges the token, or opens a checkout. */
  async charges(change: Record<string, unknown> = {}): Promise<void> {
    const { order, token } = this.person;
    await this.#post('/payments/v1/create_payment_session', {
      total_amount: order.price,
      amount_details: { total_additional_charges: 0, total_discounts: 0 },
      payment_token: token,
      ...change,
    });
  }

  /** The shop asks for a token. */
  async asksForToken(): Promise<void> {
    await this.#post('/api/v1/payment_tokens/create', { metadata: 'scenario' });
  }

  /** The person fills in the hosted pages, with an outcome of the survey. */
  async fillsIn(outcome: 'qualifies' | 'reviewed_later'): Promise<void> {
    const request = requestsOf(this.world, this.person)[0];
    if (request === undefined) throw new Error('A scenario opens a request before it fills it in.');
    const path = `/${request.kind === 'checkout' ? 'checkout' : 'provision'}/${request.id}`;
    await this.#fill(path, { step: 'survey', action: 'continue', state: 'CA', outcome });
    await this.#fill(path, { step: 'card', action: 'save', number: '4242424242414417', expiry: '09/60', code: '123' });
  }

  async #fill(path: string, fields: Record<string, string>): Promise<void> {
    const reply = await handleHosted(this.world, {
      method: 'POST',
      url: new URL(path, 'http://sandbox'),
      headers: {},
      body: Buffer.from(new URLSearchParams(fields).toString()),
    });
    reply?.afterSent?.();
  }

  async #post(path: string, body: Record<string, unknown>): Promise<void> {
    this.#calls += 1;
    const { email, name, order, token } = this.person;
    const whole = {
      order_items: [order],
      customer_email: email,
      customer_name: name,
      success_url: `${this.world.publicUrl}/console/requests`,
      failure_url: `${this.world.publicUrl}/console/requests`,
      idempotency_key: `${token}_${this.#calls}`,
      ...body,
    };
    await callOwnApi(this.world, { method: 'POST', path, body: JSON.stringify(whole) });
  }
}

/** Every scenario, those that newcomers look for first. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'update-payment-method',
    title: '422 UpdatePaymentMethod',
    what: 'A charge meets an expired card. The answer sends the customer to a page for a new one.',
    prepare: (stage) => {
      stage.hasToken({ card_expires: '2020-01' });
      return stage.charges();
    },
  },
  {
    name: 'take-health-survey',
    title: '422 TakeHealthSurvey',
    what: 'A charge meets a letter that has ended. The answer sends the customer to the survey.',
    prepare: (stage) => {
      stage.hasToken({ lmn_expires_at: '2020-01-01T00:00:00Z' });
      return stage.charges();
    },
  },
  {
    name: 'survey-then-card',
    title: 'Both, one after the other',
    what: 'Letter and card have both ended: the survey is asked for first, and the next charge asks for the card.',
    prepare: (stage) => {
      stage.hasToken({ lmn_expires_at: '2020-01-01T00:00:00Z', card_expires: '2020-01' });
      return stage.charges();
    },
  },
  {
    name: 'new-subscriber',
    title: 'A customer about to connect a card',
    what: 'Create payment token was called. The customer has survey and card before them.',
    prepare: (stage) => stage.asksForToken(),
  },
  {
    name: 'being-reviewed',
    title: 'Under review',
    what: 'Survey and card are done, and a practitioner has not decided yet. You decide on the first page.',
    prepare: async (stage) => {
      await stage.asksForToken();
      await stage.fillsIn('reviewed_later');
    },
  },
  {
    name: 'webhook-lost',
    title: 'A token whose webhook is lost',
    what: 'The token exists, and nobody was told: only retrieving the provision request shows it.',
    prepare: async (stage) => {
      await stage.asksForToken();
      const { email } = stage.person;
      addDeliveryFault(stage.world, readInput(DeliveryFaultInput, { fault: 'drop', times: 9, email }));
      await stage.fillsIn('qualifies');
    },
  },
  {
    name: 'first-checkout',
    title: 'A first checkout with a token',
    what: 'A session with tokenize=true waits for its customer: captured and token come as two webhooks.',
    prepare: (stage) => stage.charges({ payment_token: null, tokenize: true }),
  },
  {
    name: 'letter-refused',
    title: 'A checkout that is refused after its review',
    what: 'Paid, reviewed, and no letter issued: the session is rejected, and nothing was taken.',
    prepare: async (stage) => {
      await stage.charges({ payment_token: null });
      await stage.fillsIn('reviewed_later');
      const [request] = requestsOf(stage.world, stage.person);
      decideSession(stage.world, { session_id: request?.id ?? '', status: 'rejected' });
    },
  },
  {
    name: 'webhooks-in-flight',
    title: 'Webhooks to put into another order',
    what: 'Three charges were captured, and their webhooks wait for you: change their order, drop one, send the rest.',
    prepare: async (stage) => {
      stage.hasToken();
      const { email } = stage.person;
      addDeliveryFault(stage.world, readInput(DeliveryFaultInput, { fault: 'hold', times: 99, email }));
      for (let times = 0; times < 3; times += 1) await stage.charges();
    },
  },
];

/** Prepares a scenario. Refuses where this was done already with this seed. */
export async function prepareScenario(world: World, name: string, seed: string): Promise<Scenario> {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new ControlError(`There is no scenario ${name}.`, 404);
  if (!/^[a-z0-9]{1,20}$/.test(seed)) throw new ControlError('A seed has 1 to 20 small letters and digits.');
  const person = personOf(name, seed);
  if (isPrepared(world, person)) {
    throw new ControlError('This scenario was prepared with this seed already. Take another seed.', 409);
  }
  await scenario.prepare(new Stage(world, person));
  return scenario;
}

/** Whether anything of this person exists. */
export function isPrepared(world: World, person: Person): boolean {
  return tokenOfEmail(world, person.email) !== undefined || requestsOf(world, person).length > 0;
}

/** The hosted requests of a person, newest first. */
export function requestsOf(world: World, { email }: Person): HostedRequest[] {
  const found: HostedRequest[] = [];
  for (const request of world.store.requests.newestFirst()) if (request.customer_email === email) found.push(request);
  return found;
}
