'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { staffAction } from '@/lib/action';
import { type Id, type IdKind, isId } from '@/lib/core/id';
import { type AddEndpointResult, addEndpoint } from '@/lib/services/add-endpoint';
import { disableEndpoint } from '@/lib/services/disable-endpoint';
import { enableEndpoint } from '@/lib/services/enable-endpoint';
import { replayEvent } from '@/lib/services/replay-event';
import { rotateEndpointSecret } from '@/lib/services/rotate-endpoint-secret';

const id = <K extends IdKind>(kind: K) => z.custom<Id<K>>((value) => isId(kind, value));
const EndpointInput = z.strictObject({ endpointId: id('endpoint') });

const ADD_REFUSALS: Record<Extract<AddEndpointResult, { ok: false }>['reason'], string> = {
  not_an_address: 'This is not a web address. Write the whole of it, such as https://shop.example/perennial.',
  https_needed: 'The address must begin with https.',
  not_public: 'This address is not on the public internet.',
  known: 'This address is told already.',
  too_many: 'There are sixteen endpoints already, which is the most.',
};

/** `Add endpoint`: tells an address from now on, and shows its secret this once. */
export const addEndpointAction = staffAction(
  'manage_events',
  z.strictObject({ url: z.string().trim().max(2_000) }),
  async (ctx, input) => {
    const result = await addEndpoint(ctx, input);
    revalidatePath('/admin', 'layout');
    if (!result.ok) {
      const { reason } = result;
      const message = ADD_REFUSALS[reason];
      return reason === 'too_many'
        ? { kind: 'refused', reason, message }
        : { kind: 'refused', reason, message: 'It was not added.', problems: { url: message } };
    }
    return { kind: 'done', message: `It is told from now on. Its secret, shown this once: ${result.secret}` };
  },
);

/** `New secret`: shown this once; the former one signs as well for a day. */
export const rotateSecretAction = staffAction('manage_events', EndpointInput, async (ctx, input) => {
  const { secret } = await rotateEndpointSecret(ctx, input);
  revalidatePath('/admin', 'layout');
  return {
    kind: 'done',
    message: `For 24 hours the former secret signs as well. The new one, shown this once: ${secret}`,
  };
});

/** `Disable`: what happens waits until it is enabled again. */
export const disableEndpointAction = staffAction('manage_events', EndpointInput, async (ctx, input) => {
  const result = await disableEndpoint(ctx, input);
  revalidatePath('/admin', 'layout');
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: 'It is disabled already.' };
  redirect(`/admin/events/endpoints/${input.endpointId}`);
});

/** `Enable`: what waited goes out, the oldest first. */
export const enableEndpointAction = staffAction('manage_events', EndpointInput, async (ctx, input) => {
  const result = await enableEndpoint(ctx, input);
  revalidatePath('/admin', 'layout');
  if (!result.ok) return { kind: 'refused', reason: result.reason, message: 'It is enabled already.' };
  redirect(`/admin/events/endpoints/${input.endpointId}?enabled=1`);
});

/** `Send again`: the same event, with its id, to each enabled endpoint. */
export const replayEventAction = staffAction(
  'manage_events',
  z.strictObject({ eventId: id('event') }),
  async (ctx, input) => {
    const result = await replayEvent(ctx, input);
    revalidatePath('/admin', 'layout');
    if (!result.ok)
      return { kind: 'refused', reason: result.reason, message: 'No endpoint is enabled, so it was not sent.' };
    redirect(`/admin/events/${input.eventId}?replayed=1`);
  },
);
