import { z } from 'zod';
import type { ApiAnswer, ApiCall } from './answers';
import { readFields, Text, TOKEN_CODES } from './fields';

const Body = z.looseObject({
  items: z.array(z.looseObject({ sku: Text, name: z.string().nullish() })),
});

/**
 * Truemed checkout method (section 2): whether Truemed is worth offering for a cart. One item that may be paid with HSA/FSA
 * money is enough; prices do not count, and what is unknown or was not reviewed counts as ineligible.
 */
export function checkCheckoutMethod({ world, body }: ApiCall): ApiAnswer {
  const fields = readFields(body, Body, ['items'], TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  const show_truemed = fields.value.items.some(({ sku }) => {
    const eligibility = world.store.catalog.get(sku)?.eligibility ?? 'ineligible';
    return eligibility !== 'ineligible';
  });
  return { status: 200, body: { show_truemed } };
}
