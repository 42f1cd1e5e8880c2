import { layOutMail, type MailParts } from '../layout';

/** The last mail to somebody who has deleted their account. It is sent directly and never stored. */
export function accountDeletedMail({
  name,
  link,
  card,
  isBilledElsewhere,
  merchantName,
}: {
  name: string;
  link: string;
  /** What becomes of card and letter at Truemed; `none`: none were connected. */
  card: 'kept' | 'deleted' | 'none';
  /** The former processor billed one of the subscriptions, which is not ours to stop. */
  isBilledElsewhere: boolean;
  merchantName: string;
}): MailParts {
  return layOutMail(merchantName, {
    subject: `Your account at ${merchantName} is deleted`,
    preview: 'We do not charge you any more.',
    status: { tone: 'ok', word: 'Deleted' },
    heading: 'Your account is deleted',
    name,
    paragraphs: [
      ['Your subscriptions are canceled. ', { strong: 'We do not charge you any more.' }],
      ...(isBilledElsewhere
        ? [
            [
              'What our former payment company still billed ends here, and the shop is told. If you are charged by it again, reply to this mail.',
            ],
          ]
        : []),
      [
        'We have erased your name, your e-mail address and your postal address. Your orders and payments stay in our books, as tax law asks.',
      ],
      ...CARD[card],
    ],
    button: { label: `Go to ${merchantName}`, link, note: null },
    rows: [],
    footer: `This is the last mail from ${merchantName} about this account. If it was not you who deleted it, reply to this mail.`,
  });
}

const CARD: Record<'kept' | 'deleted' | 'none', string[][]> = {
  kept: [['Your card and your letter are still with Truemed. We never use them again.']],
  deleted: [['We have asked Truemed to delete your card and your letter.']],
  none: [],
};

interface Ask {
  merchantName: string;
  link: string;
}

const NOT_YOU = 'Nothing changes until both addresses have confirmed. The link works once, for 24 hours.';

/** To the address that somebody has: whether it may be changed. `link` changes nothing by being opened. */
export function confirmOldAddressMail({
  merchantName,
  link,
  name,
  newEmail,
}: Ask & { name: string; newEmail: string }): MailParts {
  return layOutMail(merchantName, {
    subject: 'Confirm the change of your e-mail address',
    preview: NOT_YOU,
    status: null,
    heading: 'Do you want to change your e-mail address?',
    name,
    paragraphs: [
      ['Somebody who is signed in to your account wants to change its address to ', { strong: newEmail }, '.'],
      [NOT_YOU, ' We have written to the new address too.'],
    ],
    button: { label: 'Confirm the change', link, note: null },
    rows: [],
    footer:
      'If it was not you, leave this mail alone: without it the address stays. Then sign in and sign out everywhere.',
  });
}

/** To the address that is to become somebody's. It names nobody: whoever reads it may be a stranger. */
export function confirmNewAddressMail({ merchantName, link }: Ask): MailParts {
  return layOutMail(merchantName, {
    subject: `Confirm your e-mail address for ${merchantName}`,
    preview: NOT_YOU,
    status: null,
    heading: 'Is this your e-mail address?',
    name: null,
    paragraphs: [[`Somebody wants to use it for their account at ${merchantName}. `, NOT_YOU]],
    button: { label: 'Confirm this address', link, note: null },
    rows: [],
    footer: 'If it was not you, leave this mail alone: without it nothing changes.',
  });
}

/** To an address that belongs to an account already: it is not told who asked, and who asked is not told of it. */
export function addressInUseMail({ merchantName, link }: Ask): MailParts {
  return layOutMail(merchantName, {
    subject: `Your e-mail address at ${merchantName}`,
    preview: 'Nothing has changed.',
    status: null,
    heading: 'Your address has an account already',
    name: null,
    paragraphs: [
      [
        `Somebody wanted to use your address for another account at ${merchantName}. `,
        { strong: 'Nothing has changed.' },
      ],
      ['If it was you, and you would like one account in place of two, reply to this mail.'],
    ],
    button: { label: 'Sign in', link, note: null },
    rows: [],
    footer: 'If it was not you, there is nothing you need to do.',
  });
}

/** To the former address, once it has changed. */
export function emailChangedMail({ merchantName, link, name }: Ask & { name: string }): MailParts {
  return layOutMail(merchantName, {
    subject: 'Your e-mail address has changed',
    preview: 'Sign in with the new one from now on.',
    status: { tone: 'ok', word: 'Changed' },
    heading: 'Your e-mail address has changed',
    name,
    paragraphs: [
      [
        'Both addresses have confirmed it. You are signed out on every device; sign in with the new address from now on.',
      ],
      ['Your card and your letter stay connected, and your charges go on as before.'],
    ],
    button: { label: 'Sign in', link, note: null },
    rows: [],
    footer: 'This is the last mail to this address. If it was not you, reply to it.',
  });
}
