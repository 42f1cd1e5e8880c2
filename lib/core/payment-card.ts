import type { LocalDate } from './calendar';
import type { NamedCard } from './card-words';
import { lastDayOfMonth } from './date-words';

/** A stored card as Truemed shows it: its end and its last month (`YYYY-MM`), never a number. */
export interface CardFacts {
  last4: string | null;
  expires: string | null;
  brand: string | null;
  isHsaFsa: boolean;
}

/** The card that pays: the first HSA/FSA one, else the first. Null where none is known. */
export function payingCard<C extends CardFacts>(cards: readonly C[]): C | null {
  return cards.find(({ isHsaFsa }) => isHsaFsa) ?? cards[0] ?? null;
}

/** The card that pays, as it is named. */
export function namedCard(cards: readonly CardFacts[]): NamedCard {
  const card = payingCard(cards);
  return { last4: card?.last4 ?? null, isHsaFsa: card?.isHsaFsa ?? false };
}

/** The last day on which the card that pays works; null where it is not known. */
export function cardExpiresOn(cards: readonly CardFacts[]): LocalDate | null {
  const expires = payingCard(cards)?.expires ?? null;
  return expires === null ? null : lastDayOfMonth(expires);
}

/** The same text for the same cards, whatever their order. */
export function cardsFingerprint(cards: readonly CardFacts[]): string {
  return cards
    .map(({ last4, expires, brand, isHsaFsa }) => [brand, last4, expires, isHsaFsa ? 'hsa_fsa' : 'other'].join('/'))
    .sort()
    .join(',');
}

/** The same text for the same cards and letter: another one means that the customer has done something about a charge. */
export function tokenFingerprint(token: { cards: readonly CardFacts[]; letterExpiresOn: LocalDate | null }): string {
  return `${cardsFingerprint(token.cards)};${token.letterExpiresOn ?? ''}`;
}
