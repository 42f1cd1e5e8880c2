import { layOutMail, type MailParts } from '../layout';
import { type House, subscriptionFooter } from './house';

/** Where orders are sent has changed. `link` leads to where it can be seen and changed. */
export interface AddressChangedFacts {
  name: string;
  /** Of one subscription that is sent elsewhere, or home again; else of all that have no address of their own. */
  isOfOne: boolean;
  link: string;
}

/** Says that the address was changed, and not to what: a mail may be read by others. */
export function addressChangedMail({ name, isOfOne, link }: AddressChangedFacts, { merchantName }: House): MailParts {
  const heading = isOfOne ? 'The address of a subscription has changed' : 'Your address has changed';
  return layOutMail(merchantName, {
    subject: heading,
    preview: 'If it was not you, reply to this mail.',
    status: { tone: 'ok', word: 'Changed' },
    heading,
    name,
    paragraphs: [
      [
        isOfOne
          ? 'From its next order on, one of your subscriptions is sent to another address.'
          : 'From the next order on, your subscriptions are sent to another address, but for those that have one of their own.',
      ],
      ['If you did not ask for this, reply to this mail. Then sign in and sign out everywhere.'],
    ],
    button: { label: isOfOne ? 'See my subscription' : 'See my settings', link, note: null },
    rows: [],
    footer: subscriptionFooter(merchantName),
  });
}
