import type { Reply } from '../http';
import { mailsTo } from '../mailbox';
import { html } from '../markup';
import { policyHeader } from '../page';
import type { Mail } from '../records';
import type { World } from '../world';
import { consolePage } from './layout';
import { facts, instant, postButton, section, table } from './parts';

/** Every message that arrived, newest first; or those to one address. */
export function inboxPage(world: World, to: string, said: string | null): Reply {
  const mails = mailsTo(world.store, to === '' ? null : to).slice(0, 200);
  return consolePage(world, {
    title: 'Mailbox',
    current: '/mail',
    lead: 'Takes every message on the SMTP port, whoever it is for, and delivers none.',
    said,
    ...(world.store.mails.size > 0 ? { actions: postButton('/console/mail/clear', {}, 'Empty the mailbox') } : {}),
    body: html`<form class="filters" method="get" role="search"><input type="search" name="to" value="${to}" aria-label="Recipient" placeholder="Recipient"><button class="btn">Filter</button></form>
${table(
  {
    caption: 'Messages, newest first',
    columns: ['Subject', 'To', 'Arrived (UTC)'],
    empty: html`<strong>No mail</strong>What is sent to the SMTP port of the sandbox appears here.`,
    live: 'mails',
  },
  mails.map(
    (
      mail,
    ) => html`<tr><th scope="row" class="break"><a class="quiet" href="/mail/${mail.id}">${mail.subject || 'No subject'}</a></th><td class="break">${mail.to.join(', ')}</td><td class="tight">${instant(mail.date)}</td></tr>
`,
  ),
)}`,
  });
}

/** One message: its links, as HTML in a frame that can run nothing, and as text. */
export function mailPage(world: World, mail: Mail): Reply {
  return consolePage(world, {
    title: mail.subject || 'No subject',
    current: '/mail',
    back: { href: '/mail', label: 'Mailbox' },
    body: html`${facts([
      ['From', mail.from],
      ['To', mail.to.join(', ')],
      ['Arrived', instant(mail.date)],
    ])}
${
  mail.links.length > 0 &&
  section(
    'links',
    'Links',
    html`<ul class="rows">${mail.links.map((link) => html`<li><a class="quiet" href="${link}" rel="noreferrer">${link}</a></li>`)}</ul>`,
  )
}${
  mail.html !== '' &&
  section(
    'html',
    'HTML',
    html`<iframe title="The message as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation" src="/mail/${mail.id}/html"></iframe>`,
  )
}${section('text', 'Text', html`<pre tabindex="0" aria-label="The message as text">${mail.text}</pre>`)}`,
  });
}

/** The HTML of a message alone. Its policy lets nothing run, and nobody but the console show it. */
export function mailHtml(mail: Mail): Reply {
  return {
    kind: 'send',
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyHeader({
        'default-src': "'none'",
        'style-src': "'unsafe-inline'",
        'img-src': 'data: http: https:',
        'frame-ancestors': "'self'",
        sandbox: 'allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation',
      }),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: mail.html,
  };
}
