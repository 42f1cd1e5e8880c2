import { Notice } from '@/components/ui/notice';
import { QuietLink } from '@/components/ui/page-heading';
import type { HeldItems } from '@/lib/views/own-subscription';

/** A change of items that waits for Truemed, wherever the order is shown. `back` is the subscription's own page. */
export function HeldItemsNotice({ held: { requestId, items, isOnce }, back }: { held: HeldItems; back: string }) {
  return (
    <div className="mb-4">
      <Notice kind="wait">
        {isOnce ? 'What you added to one order, ' : 'Your change to '}
        {items.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')}
        {isOnce ? ', waits' : ' waits'} for Truemed. Until it agrees, the order stays as it is.{' '}
        <QuietLink href={`/account/hsa-fsa/${requestId}`}>See where it stands</QuietLink> or{' '}
        <QuietLink href={`${back}/take-change-back`}>take it back</QuietLink>.
      </Notice>
    </div>
  );
}
