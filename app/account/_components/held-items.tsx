import { Notice } from '@/components/ui/notice';
import { QuietLink } from '@/components/ui/page-heading';
import type { HeldItems } from '@/lib/views/own-subscription';

/** A change of items that waits for Truemed, wherever the order is shown. */
export function HeldItemsNotice({ held: { requestId, items, isOnce } }: { held: HeldItems }) {
  return (
    <div className="mb-4">
      <Notice kind="wait">
        {isOnce ? 'What you added to one order, ' : 'Your change to '}
        {items.map(({ name, quantity }) => `${quantity} × ${name}`).join(', ')}
        {isOnce ? ', waits' : ' waits'} for Truemed. Until it agrees, the order stays as it is.{' '}
        <QuietLink href={`/account/hsa-fsa/${requestId}`}>See where it stands</QuietLink>
      </Notice>
    </div>
  );
}
