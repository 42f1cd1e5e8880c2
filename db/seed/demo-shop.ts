import { addDays, type LocalDate } from '@/lib/core/calendar';

/** What the demo shop is: a file of subscribers as `npm run import` takes it, and the tokens that Truemed must know. */
export interface DemoShop {
  csv: string;
  /** What can be subscribed to, as `npm run plans` takes it. */
  plans: string;
  tokens: DemoToken[];
  /** Whom to sign in as; `billedElsewhere` are those who can move a monthly order. */
  people: { billedElsewhere: string[]; onHsaFsa: string; staff: string };
}

/** A customer whose card Truemed already holds. */
export interface DemoToken {
  email: string;
  name: string;
  paymentToken: string;
  skus: string[];
}

interface Product {
  sku: string;
  name: string;
  priceCents: number;
  interval: readonly ['week' | 'month', number];
}

const PRODUCTS = {
  magnesium: {
    sku: 'MAG-120',
    name: 'Magnesium Glycinate 400 mg, 120 capsules',
    priceCents: 1950,
    interval: ['month', 1],
  },
  omega: { sku: 'OMEGA-LEMON', name: 'Omega-3 Fish Oil, lemon', priceCents: 2875, interval: ['month', 2] },
  vitaminD: { sku: 'VITD-60', name: 'Vitamin D3 + K2, 60 capsules', priceCents: 1850, interval: ['month', 2] },
  probiotic: { sku: 'PROBIO-30', name: 'Daily Probiotic, 30 capsules', priceCents: 3400, interval: ['month', 1] },
  electrolytes: { sku: 'ELECTRO-30', name: 'Electrolyte Sticks, 30 count', priceCents: 3900, interval: ['month', 1] },
  insoles: { sku: 'INSOLE-PAIR', name: 'Support Insoles, one pair', priceCents: 5900, interval: ['month', 6] },
  redLight: { sku: 'RED-LIGHT', name: 'Red Light Panel, monthly rental', priceCents: 4300, interval: ['month', 1] },
  coldFilter: { sku: 'COLD-FILTER', name: 'Cold Plunge Filter', priceCents: 6150, interval: ['month', 3] },
  sleepTea: { sku: 'SLEEP-TEA', name: 'Evening Tea, 20 bags', priceCents: 1425, interval: ['week', 2] },
} satisfies Record<string, Product>;

/** What the shop offers to new subscribers: bare facts of the thing, and a trial of one of them. */
const OFFERS: readonly { product: Product; description: string; every: readonly string[]; trialDays?: number }[] = [
  { product: PRODUCTS.magnesium, description: 'One bottle of 120 capsules.', every: ['1-month', '2-month', '3-month'] },
  { product: PRODUCTS.omega, description: 'One bottle, lemon flavor.', every: ['1-month', '2-month'] },
  { product: PRODUCTS.probiotic, description: 'One jar of 30 capsules.', every: ['1-month', '2-month'], trialDays: 14 },
  { product: PRODUCTS.electrolytes, description: 'A box of 30 sticks.', every: ['1-month', '2-week'] },
  { product: PRODUCTS.insoles, description: 'One pair, cut to size.', every: ['6-month', '12-month'] },
];

interface Subscriber {
  name: string;
  email: string;
  state: string;
  timeZone: string;
  product: Product;
  /** Days from today to the next charge. */
  dueInDays: number;
  quantity?: number;
  status?: 'paused' | 'canceled';
  hsaFsa?: boolean;
}

const P = PRODUCTS;
const EAST = 'America/New_York';
const CENTRAL = 'America/Chicago';
const MOUNTAIN = 'America/Denver';
const WEST = 'America/Los_Angeles';

const SUBSCRIBERS: readonly Subscriber[] = [
  someone('Maya Okafor', 'NY', EAST, P.magnesium, 9),
  someone('Nguyễn Thị Ngọc Ánh', 'CA', WEST, P.probiotic, 2, { hsaFsa: true }),
  someone('Stanisław Wójcik', 'IL', CENTRAL, P.omega, 12),
  someone('Grace Abernathy', 'TX', CENTRAL, P.electrolytes, 1, { hsaFsa: true }),
  someone('Mateo Cohen', 'AZ', 'America/Phoenix', P.coldFilter, 16),
  someone('Li Wei', 'WA', WEST, P.insoles, 21),
  someone('Jean-Baptiste Fontaine', 'LA', CENTRAL, P.omega, 4, { quantity: 2 }),
  someone('Hannah Petersen', 'MN', CENTRAL, P.vitaminD, 7),
  someone('Trần Quốc Bảo', 'TX', CENTRAL, P.magnesium, 3, { hsaFsa: true }),
  someone('Łucja Dąbrowska', 'NJ', EAST, P.redLight, 14),
  someone('Owen Müller', 'HI', 'Pacific/Honolulu', P.vitaminD, 23),
  someone('Priya Raman', 'CA', WEST, P.redLight, 5, { hsaFsa: true }),
  someone('Samuel Adeyemi', 'GA', EAST, P.electrolytes, 10),
  someone('Zofia Żółkiewska', 'PA', EAST, P.sleepTea, 6),
  someone('Aaliyah Johnson', 'MI', 'America/Detroit', P.magnesium, 18),
  someone('Lê Minh Đức', 'VA', EAST, P.omega, 27),
  someone('Catherine O’Brien', 'MA', EAST, P.probiotic, 8, { hsaFsa: true }),
  someone('Diego Hernández', 'NM', MOUNTAIN, P.coldFilter, 30),
  someone('Ingrid Sørensen', 'WI', CENTRAL, P.vitaminD, 11),
  someone('Tyrone Baptiste', 'FL', EAST, P.insoles, 45),
  someone('Phạm Hồng Nhung', 'CA', WEST, P.sleepTea, 3),
  someone('Małgorzata Kowalczyk', 'IL', CENTRAL, P.probiotic, 15),
  someone('Ruth Goldberg', 'NY', EAST, P.magnesium, 20, { hsaFsa: true }),
  someone('Anders Lindqvist', 'CO', MOUNTAIN, P.electrolytes, 13),
  someone('Keola Kahananui', 'HI', 'Pacific/Honolulu', P.redLight, 9),
  someone('Noor El-Sayed', 'OH', EAST, P.omega, 33),
  someone('Beatriz Carvalho', 'RI', EAST, P.vitaminD, 17),
  someone('Đặng Thùy Linh', 'OR', WEST, P.magnesium, 22),
  someone('Wojciech Szymański', 'CT', EAST, P.electrolytes, 5),
  someone('Josephine Blackhorse', 'SD', MOUNTAIN, P.probiotic, 19),
  someone('Malik Thompson', 'NC', EAST, P.coldFilter, 40, { hsaFsa: true }),
  someone('Yuki Tanaka', 'NV', WEST, P.sleepTea, 7),
  someone('Siobhán Gallagher', 'NH', EAST, P.insoles, 60),
  someone('Emeka Nwosu', 'MD', EAST, P.magnesium, 24),
  someone('Vũ Hải Yến', 'WA', WEST, P.vitaminD, 12, { status: 'paused' }),
  someone('Katarzyna Nowak', 'IN', 'America/Indiana/Indianapolis', P.omega, 29),
  someone('Robert Castellanos', 'KS', CENTRAL, P.electrolytes, 25, { status: 'paused' }),
  someone('Amara Diallo', 'DC', EAST, P.redLight, 16),
  someone('Henrik Johansson', 'ND', CENTRAL, P.probiotic, 28, { status: 'canceled' }),
  someone('Thelma Whitfield', 'AL', CENTRAL, P.magnesium, 4, { hsaFsa: true, quantity: 2 }),
];

/** The demo shop, with its next charges counted from `today`. */
export function demoShop(today: LocalDate): DemoShop {
  return {
    plans: JSON.stringify(OFFERS.map(planEntry), null, 2),
    csv: [HEADER, ...SUBSCRIBERS.map((subscriber, index) => csvRow(subscriber, index, today)), ''].join('\n'),
    tokens: SUBSCRIBERS.flatMap((subscriber, index) =>
      subscriber.hsaFsa ? [{ ...pick(subscriber), paymentToken: tokenOf(index), skus: [subscriber.product.sku] }] : [],
    ),
    people: {
      billedElsewhere: SUBSCRIBERS.filter(canMove).map(({ email }) => email),
      onHsaFsa: emailOf('Grace Abernathy'),
      staff: 'owner@alderhealth.example',
    },
  };
}

const HEADER =
  'subscription_id,email,name,state,time_zone,sku,item_name,quantity,unit_price_cents,shipping_cents,tax_cents,discount_cents,interval_unit,interval_count,next_charge_on,status,billing,payment_token';

function planEntry({ product, description, every, trialDays = 0 }: (typeof OFFERS)[number]) {
  return {
    sku: product.sku,
    name: product.name,
    description,
    unit_price_cents: product.priceCents,
    shipping_cents: 595,
    every,
    trial_days: trialDays,
  };
}

function csvRow(subscriber: Subscriber, index: number, today: LocalDate): string {
  const { product, quantity = 1, hsaFsa = false } = subscriber;
  const [unit, count] = product.interval;
  return [
    `AH-${10_001 + index}`,
    subscriber.email,
    subscriber.name,
    subscriber.state,
    subscriber.timeZone,
    product.sku,
    `"${product.name}"`,
    quantity,
    product.priceCents,
    595,
    Math.round(product.priceCents * quantity * 0.06),
    quantity > 1 ? 300 : 0,
    unit,
    count,
    addDays(today, subscriber.dueInDays),
    subscriber.status ?? 'active',
    hsaFsa ? 'hsa_fsa' : 'external',
    hsaFsa ? tokenOf(index) : '',
  ].join(',');
}

function canMove({ hsaFsa, status, product: { interval } }: Subscriber): boolean {
  return hsaFsa !== true && status === undefined && interval[0] === 'month' && interval[1] === 1;
}

function someone(
  name: string,
  state: string,
  timeZone: string,
  product: Product,
  dueInDays: number,
  rest: Pick<Subscriber, 'quantity' | 'status' | 'hsaFsa'> = {},
): Subscriber {
  return { name, email: emailOf(name), state, timeZone, product, dueInDays, ...rest };
}

function pick({ email, name }: Subscriber): Pick<DemoToken, 'email' | 'name'> {
  return { email, name };
}

function tokenOf(index: number): string {
  return `pt_demo_${String(index + 1).padStart(5, '0')}`;
}

/** `Łucja Dąbrowska` has `lucja.dabrowska@example.com`. */
function emailOf(name: string): string {
  const plain = name.normalize('NFD').toLowerCase().replaceAll('ł', 'l').replaceAll('đ', 'd').replaceAll('ø', 'o');
  const parts = plain.split(/[\s-]+/).map((part) => part.replace(/[^a-z]/g, ''));
  return `${parts.join('.')}@example.com`;
}
