import type { RenewalSessionBody } from '@/lib/truemed/schemas';

/** The path of the charges that are measured. */
export const CHARGE_PATH = '/payments/v1/create_payment_session';

/** The n-th of the tokens that the charges take in turn. */
export function tokenOf(n: number): string {
  return `pt_bench_${n}`;
}

/** An unattended charge as Perennial sends it, about 0.6 kB. */
export function aChargeBody(n: number, idempotencyKey: string): string {
  const body: RenewalSessionBody = {
    total_amount: 4830,
    amount_details: { total_additional_charges: 830, total_discounts: -900 },
    order_items: [{ name: 'Magnesium', sku: 'MAG', quantity: 1, price: 4900 }],
    customer_email: `bench-${n}@example.com`,
    customer_name: 'Bench',
    success_url: 'https://shop.example/done?session={{payment_session_id}}',
    failure_url: 'https://shop.example/stopped',
    idempotency_key: idempotencyKey,
    metadata: idempotencyKey,
    payment_token: tokenOf(n),
  };
  return JSON.stringify(body);
}
