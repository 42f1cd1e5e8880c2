/** A card as far as it is named. */
export interface NamedCard {
  last4: string | null;
  /** Truemed names it as one of HSA/FSA: no card is that is not known to be (truemed-api.md section 5.9). */
  isHsaFsa: boolean;
}

/** `HSA/FSA card`, or `card`. Null: nothing is known of it. */
export function cardKind(card: NamedCard | null): string {
  return card?.isHsaFsa ? 'HSA/FSA card' : 'card';
}

/** `HSA/FSA card ending 4417`, `card ending 1881`; without the end where it is not known. */
export function cardName(card: NamedCard | null): string {
  return card === null || card.last4 === null ? cardKind(card) : `${cardKind(card)} ending ${card.last4}`;
}

/** The same where a line or a sentence begins. */
export function cardTitle(card: NamedCard | null): string {
  const name = cardName(card);
  return name.charAt(0).toUpperCase() + name.slice(1);
}
