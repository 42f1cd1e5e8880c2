import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Context, contextFor, openRuntime } from '@/lib/context';
import { AppError } from '@/lib/core/errors';
import { formatCents } from '@/lib/core/money';
import { intervalOf } from '@/lib/core/plan';
import { offerPlan, withdrawPlan } from '@/lib/services/offer-plan';
import { setPrice } from '@/lib/services/set-price';
import { withRuntime } from './runtime';

const USAGE = `Usage: npm run plans -- FILE.json
FILE.json is a list of {"sku", "name", "description", "unit_price_cents", "every": ["1-month", …]}, with "shipping_cents",
"trial_days" and "offered": false where they are wanted.`;

const Amount = z.number().int().min(0).max(10_000_000);
const Plans = z.array(
  z.strictObject({
    sku: z.string().trim().min(1).max(100),
    name: z.string().trim().min(1).max(200),
    description: z.string(),
    unit_price_cents: Amount,
    shipping_cents: Amount.default(0),
    every: z.array(
      z.string().transform((text, check) => {
        const interval = intervalOf(text);
        if (interval !== null) return interval;
        check.addIssue(`${text} is no interval such as 1-month`);
        return z.NEVER;
      }),
    ),
    trial_days: z.number().int().default(0),
    offered: z.boolean().default(true),
  }),
);
type Plan = z.output<typeof Plans>[number];

/** `npm run plans -- FILE.json`: what can be subscribed to, and at which price. The same file again changes nothing. */
const wanted = readPlans(process.argv.slice(2));
await withRuntime(async (env) => {
  const runtime = openRuntime(env, { poolSize: 1 });
  try {
    const ctx = await contextFor(runtime, { kind: 'system', name: 'command' });
    for (const plan of wanted) console.log(`${plan.sku}  ${await apply(ctx, plan)}`);
  } finally {
    await runtime.close();
  }
});

function readPlans([path, ...rest]: string[]): Plan[] {
  try {
    if (path === undefined || rest.length > 0) throw new Error('One file is wanted.');
    const parsed = Plans.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (parsed.success) return parsed.data;
    throw new Error(z.prettifyError(parsed.error));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(1);
  }
}

async function apply(ctx: Context, plan: Plan): Promise<string> {
  const { sku, name, description, every: intervals } = plan;
  if (!plan.offered) {
    const withdrawn = await withdrawPlan(ctx, { sku });
    return withdrawn.ok && withdrawn.outcome === 'withdrawn' ? 'no longer offered' : 'not offered';
  }
  await setPrice(ctx, { sku, name, unitPriceCents: plan.unit_price_cents });
  const terms = { description, intervals, trialDays: plan.trial_days, shippingCents: plan.shipping_cents };
  const offered = await offerPlan(ctx, { sku, ...terms });
  if (!offered.ok) throw new AppError('configuration', `${sku} was not offered: ${offered.reason}.`);
  return `${offered.outcome} at ${formatCents(plan.unit_price_cents)}`;
}
