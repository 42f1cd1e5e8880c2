import { LinkRow, RowList } from '@/components/ui/list-rows';
import type { CancelOffer as Offer } from '@/lib/core/cancel-reason';
import { CHANGE_LINKS, OFFER_WORDS } from '../../../../_words/change-words';

/** The page on which the number of items is changed. */
const FEWER = { slug: 'items', icon: 'shopping-bag' } as const;

/** The one offer beside a cancellation, whose button stands under it all the same. */
export function CancelOffer({ kind, back }: { kind: Offer; back: string }) {
  const words = OFFER_WORDS[kind];
  if (words === undefined) return null;
  const { slug, icon } = kind === 'quantity' ? FEWER : CHANGE_LINKS[kind];
  return (
    <div className="mt-6">
      <RowList>
        <LinkRow
          href={`${back}/${slug}${kind === 'interval' ? '?less=1' : ''}`}
          icon={icon}
          title={words.title}
          detail={words.text}
        />
      </RowList>
    </div>
  );
}
