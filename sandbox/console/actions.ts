import { moveClock, review, setTokenHealth } from '../control/actions';
import { ClockInput, ReviewInput, readInput, TokenHealthInput } from '../control/inputs';
import { resendDeliveries } from '../control/webhook-actions';
import { DeliveryInput } from '../control/webhook-inputs';
import type { World } from '../world';
import { replayCall } from './own-call';

/** What a button did, in words; and where to go, if not back to its page. */
type Done = string | { said: string; to: string };

/** The buttons of the console by their address: each is what the control API does, and tells what it did. */
export const ACTIONS: Readonly<Record<string, (world: World, form: URLSearchParams) => Done | Promise<Done>>> = {
  '/console/clock': async (world, form) => {
    await moveClock(world, readInput(ClockInput, { advance: { [form.get('unit') ?? '']: 1 } }));
    return `It is ${world.clock.nowIso().slice(0, 16).replace('T', ' ')} UTC now.`;
  },
  '/console/health': (world, form) => {
    const token = setTokenHealth(world, readInput(TokenHealthInput, Object.fromEntries(form)));
    return `The next charge of ${token.customer_email} follows this now.`;
  },
  '/console/review': (world, form) => {
    const request = review(world, readInput(ReviewInput, Object.fromEntries(form)));
    return `The review of ${request.customer_email} is over.`;
  },
  '/console/resend': (world, form) => {
    const count = resendDeliveries(world, readInput(DeliveryInput, Object.fromEntries(form)));
    return count === 1 ? 'It is sent again.' : `${count} deliveries are sent again.`;
  },
  '/console/requests/replay': async (world, form) => {
    const call = await replayCall(world, form.get('id') ?? '');
    return { said: 'It was sent again. This is what came back.', to: `/console/requests/${call.id}` };
  },
  '/console/mail/clear': ({ store }) => {
    for (const { id } of store.mails.all()) store.mails.remove(id);
    return 'The mailbox is empty.';
  },
};
