import type { World } from '../world';
import { classify } from './catalog';
import { decideReview } from './completion';
import { lapseHold } from './holds';
import { isClosed } from './hosted-requests';
import { reviewOf } from './magic';
import { decideQualification } from './qualifications';
import { settleAccepted, settleOverdueSessions } from './sessions';

/**
 * What happens when a timer of a table is due (the `timers` in store.ts), one line for each kind. The clock says the due
 * instant while the task runs. Deliveries have their own, in the dispatcher.
 */
export function keepAppointments(world: World): void {
  const { schedule, store } = world;
  schedule.beforeMove(() => {
    settleOverdueSessions(world);
    world.webhooks.releaseAll();
  });
  schedule.on('sessions.settle', (id) => void settleAccepted(world, id));
  schedule.on('sessions.hold', (id) => lapseHold(world, id));
  schedule.on('requests.review', (id) => {
    const request = store.requests.get(id);
    if (request?.status !== 'verifying' || isClosed(world, request)) return;
    decideReview(world, request, reviewOf(world, request)?.outcome ?? 'approve');
  });
  schedule.on('qualifications.review', (id) => void decideQualification(world, id));
  schedule.on('catalog.review', (sku) => void classify(world, sku));
}
