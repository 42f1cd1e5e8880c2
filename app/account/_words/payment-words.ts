import type { ProvisionPurpose } from '@/lib/core/provisioning';
import type { AskRefusal } from '@/lib/services/ask-truemed';

/** Why Truemed was not asked, and what is so instead. */
export const ASK_REFUSALS: Record<AskRefusal, string> = {
  no_token: 'No HSA/FSA card is connected any more. Nothing was changed. Connect one first.',
  has_token: 'A card is connected already. Nothing was changed.',
  nothing_to_cover:
    'There is no subscription that a card could pay for, so Truemed cannot be asked yet. Nothing was changed.',
};

/** What is pending at Truemed, by what it is for; `name` is the order that it is about. */
export function pendingWords(purpose: ProvisionPurpose, name: string | null): string {
  switch (purpose) {
    case 'move':
      return name === null ? 'Move to HSA/FSA' : `${name} to your HSA/FSA card`;
    case 'reconnect':
      return 'A card in place of the one that is gone';
    case 'store':
      return 'Your HSA/FSA card, to be stored';
    case 'card':
      return 'Update of your card';
    case 'survey':
      return 'Health survey';
    case 'items':
      return name === null ? 'New items' : `New items: ${name}`;
  }
}
