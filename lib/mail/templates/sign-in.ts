import { layOutMail, type MailParts } from '../layout';

/** The sign-in mail. `link` signs in whoever opens it, so this mail is sent directly and never stored. */
export function signInMail({ merchantName, link }: { merchantName: string; link: string }): MailParts {
  return layOutMail(merchantName, {
    subject: `Sign in to ${merchantName}`,
    preview: 'Your link works once, for 15 minutes.',
    status: null,
    heading: `Sign in to ${merchantName}`,
    name: null,
    paragraphs: [['Here is the link that you asked for. It works once, for 15 minutes.']],
    button: { label: 'Sign in', link, note: 'Nobody from our team ever asks you for this link.' },
    rows: [],
    footer:
      'Somebody asked for this link with your e-mail address. If it was not you, leave this mail alone: without the link nobody can sign in.',
  });
}
