import { LinkRow, RowList } from '@/components/ui/list-rows';
import type { ChangeKind } from '@/lib/core/requested-change';
import { CHANGE_LINKS, OFFER_WORDS } from '../../../../_words/change-words';

/** The one offer beside a cancellation, whose button stands under it all the same. */
export function CancelOffer({ kind, back }: { kind: ChangeKind; back: string }) {
  const words = OFFER_WORDS[kind];
  if (words === undefined) return null;
  const { slug, icon } = CHANGE_LINKS[kind];
  return (
    <div className="mt-6">
      <RowList>
        <LinkRow href={`${back}/${slug}`} icon={icon} title={words.title} detail={words.text} />
      </RowList>
    </div>
  );
}
