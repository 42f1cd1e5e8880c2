import { cardName, type NamedCard } from '@/lib/core/card-words';

/** `your HSA/FSA card ending 4417`, `your card ending 1881`, for the middle of a sentence; without the end where it is not known. */
export function cardWords(card: NamedCard | null): string {
  return `your ${cardName(card)}`;
}

/** The same for the ordinary card that stands beside one of HSA/FSA. */
export function ordinaryCardWords(last4: string | null): string {
  return last4 === null ? 'your ordinary card' : `your ordinary card ending ${last4}`;
}
