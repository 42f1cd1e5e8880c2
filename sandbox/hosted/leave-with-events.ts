import type { Reply } from '../http';
import { magicOf } from '../magic-values';
import { lostOr } from '../model/completion';
import type { EmitMode } from '../webhooks/dispatcher';
import type { World } from '../world';

/** How long after the redirect the webhook goes out, where it goes out after it. */
const AFTER_REDIRECT_MS = 300;
/** How long the redirect waits for the webhook, where that goes first. */
const BEFORE_REDIRECT_MS = 3000;

/** Sends a customer on who is done, with the webhook before the redirect, after it or never: as a tag in the e-mail says, or the switch. */
export async function leaveWithEvents(
  world: World,
  email: string,
  emit: (mode: EmitMode) => readonly string[],
  leave: () => Reply,
): Promise<Reply> {
  const order = orderOf(world, email);
  const eventIds = emit(lostOr(world, order === 'before' ? 'send' : 'hold'));
  if (order === 'before') await firstAttempts(world, eventIds);
  const reply = leave();
  if (order !== 'after') return reply;
  return { ...reply, afterSent: () => world.timers.after(AFTER_REDIRECT_MS, () => world.webhooks.release(eventIds)) };
}

function orderOf({ switches }: World, email: string): 'before' | 'after' | 'never' {
  if (magicOf(email, 'webhook_before_redirect') !== null) return 'before';
  if (magicOf(email, 'redirect_before_webhook') !== null) return 'after';
  return switches.values.webhookBeforeRedirect;
}

async function firstAttempts(world: World, eventIds: readonly string[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, BEFORE_REDIRECT_MS);
  });
  await Promise.race([limit, Promise.all(eventIds.map((id) => world.webhooks.attemptsOf(id)))]);
  clearTimeout(timer);
}
