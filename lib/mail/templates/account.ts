import { layOutMail, type MailParts } from '../layout';

/** The last mail to somebody who has deleted their account. It is sent directly and never stored. */
export function accountDeletedMail({
  name,
  link,
  isTokenDeleted,
  merchantName,
}: {
  name: string;
  link: string;
  isTokenDeleted: boolean;
  merchantName: string;
}): MailParts {
  return layOutMail(merchantName, {
    subject: `Your account at ${merchantName} is deleted`,
    preview: 'Nothing more is charged.',
    status: { tone: 'ok', word: 'Deleted' },
    heading: 'Your account is deleted',
    name,
    paragraphs: [
      ['Your subscriptions are canceled. ', { strong: 'We do not charge you any more.' }],
      [
        'We have erased your name, your e-mail address and your postal address. Your orders and payments stay in our books, as tax law asks.',
      ],
      [
        isTokenDeleted
          ? 'We have asked Truemed to delete your card and your letter.'
          : 'Your card and your letter are still with Truemed. We never use them again.',
      ],
    ],
    button: { label: `Go to ${merchantName}`, link, note: null },
    rows: [],
    footer: `This is the last mail from ${merchantName} about this account. If it was not you who deleted it, reply to this mail.`,
  });
}
