import { Actions, LinkButton } from '@/components/ui/button';
import { Notice } from '@/components/ui/notice';
import { QuietLink } from '@/components/ui/page-heading';
import type { NotTaken } from '@/lib/core/item-change';
import type { EndedItems } from '@/lib/views/own-subscription';
import type { SubscriptionPage } from '@/lib/views/subscription';
import { againPath } from '../_words/again-path';
import { DismissForm } from './dismiss-form';

/** Why new items were not taken, after what they are, and when they can be asked for again. */
const WHY: Record<NotTaken, { what: string; when: string }> = {
  refused: { what: 'Truemed did not take', when: '' },
  in_review: {
    what: 'Truemed is still reviewing what you sent before, and so it did not take',
    when: ' Once Truemed has written to you, you can try again.',
  },
  not_completed: { what: 'What Truemed asked for did not reach it in time, so nothing came of', when: '' },
};

/** Items that Truemed did not take: what they were, that nothing has changed, and what can be done. Stays until it is put away. */
export function EndedItemsNotice({ page, ended }: { page: SubscriptionPage; ended: EndedItems }) {
  const { subscription, maySwapItem, mayAddOnce } = page;
  const { why, items, isOnce, requestId } = ended;
  const home = `/account/subscriptions/${subscription.id}`;
  const again = placeOfAgain(page, ended);
  const other = isOnce ? (mayAddOnce ? 'one-time' : null) : maySwapItem ? 'swap' : null;
  const names = items.map(({ name, quantity }) => `${quantity}\u00a0× ${name}`).join(', ');
  return (
    <section className="mb-6" aria-label="Change that was not made">
      <Notice kind="partial">
        <p className="break-words">
          <strong className="font-semibold">
            {WHY[why].what} {isOnce ? 'what you wanted to add to one order' : 'your new items'}: {names}.
          </strong>{' '}
          Nothing has changed: your {isOnce ? 'next order stays' : 'orders stay'} as {isOnce ? 'it is' : 'they are'},
          and nothing was charged for this.{WHY[why].when}
        </p>
        {other !== null && (
          <p className="mt-1">
            You can also <QuietLink href={`${home}/${other}`}>choose another item</QuietLink>.
          </p>
        )}
        <Actions className="mt-3">
          {again !== null && (
            <LinkButton href={`${home}/${again}`} kind="edge" wide>
              Try again
            </LinkButton>
          )}
          <DismissForm subscriptionId={subscription.id} requestId={requestId} />
        </Actions>
      </Notice>
    </section>
  );
}

/** Where the same is asked for again, with its effect shown first; null where its customer may not. */
function placeOfAgain(page: SubscriptionPage, { again, isOnce }: EndedItems): string | null {
  if (again === null) return !isOnce && page.mayChangeItems ? 'items' : null;
  const may = { 'one-time': page.mayAddOnce, items: page.mayChangeItems, swap: page.maySwapItem };
  return may[again.page] ? againPath(again) : null;
}
