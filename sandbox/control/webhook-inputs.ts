import { z } from 'zod';
import { Email, Text } from '../api/fields';
import { ATTEMPT_FAULTS, DELIVERY_FAULTS } from '../records';
import { STALE_SECONDS } from '../webhooks/delivery-faults';

/** Bodies of the part of the control API that is about webhooks. */

/** Scripts a fault on the next deliveries, or attempts, that meet every condition. */
export const DeliveryFaultInput = z.strictObject({
  fault: z.enum([...DELIVERY_FAULTS, ...ATTEMPT_FAULTS]),
  times: z.number().int().min(1).default(1),
  event_type: Text.nullable().default(null),
  event_id: Text.nullable().default(null),
  email: Email.nullable().default(null),
  status: Text.nullable().default(null),
  endpoint: z.url().nullable().default(null),
  copies: z.number().int().min(2).max(100).default(2),
  delay_seconds: z
    .number()
    .min(0)
    .max(100 * 366 * 86_400)
    .default(60),
  age_seconds: z.number().int().min(0).default(STALE_SECONDS),
});
export type DeliveryFaultInput = z.input<typeof DeliveryFaultInput>;

/** Names one delivery, or all of an event. */
export const DeliveryInput = z
  .strictObject({ delivery_id: Text.optional(), event_id: Text.optional() })
  .refine(
    (input) => (input.delivery_id === undefined) !== (input.event_id === undefined),
    'Give delivery_id or event_id.',
  );
export type DeliveryInput = z.input<typeof DeliveryInput>;

/** Names deliveries in the order in which they are to go out. */
export const ReleaseInput = z.strictObject({ delivery_ids: z.array(Text).min(1).max(1000) });
export type ReleaseInput = z.input<typeof ReleaseInput>;

/** Names one attempt. */
export const ReplayInput = z.strictObject({ attempt_id: Text });
export type ReplayInput = z.input<typeof ReplayInput>;

/** Fires an event by hand; without `data` it is made up for the session, token or customer that is named. */
export const FireInput = z.strictObject({
  event_type: Text,
  data: z.record(z.string(), z.unknown()).optional(),
  session_id: Text.optional(),
  payment_token: Text.optional(),
  email: Email.optional(),
});
export type FireInput = z.input<typeof FireInput>;
