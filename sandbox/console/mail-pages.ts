import type { Reply } from '../http';
import { mailsTo } from '../mailbox';
import { html } from '../markup';
import { renderPage } from '../page';
import type { Mail } from '../records';
import type { World } from '../world';

const CONSOLE_LINK = html`<nav aria-label="Sandbox"><a href="/">Console</a> <a href="/mail">Inbox</a></nav>`;

/** Every message that arrived, newest first. */
export function inboxPage(world: World): Reply {
  const mails = mailsTo(world.store, null);
  return renderPage({
    title: 'Inbox',
    wide: true,
    menu: CONSOLE_LINK,
    body: html`<h1>Inbox</h1>
${
  mails.length === 0
    ? html`<p class="soft">No mail yet. What is sent to the SMTP port of the sandbox appears here, whoever it is for.</p>`
    : html`<div class="scroll" role="region" aria-label="Messages" tabindex="0"><table>
<thead><tr><th scope="col">Subject</th><th scope="col">To</th><th scope="col">Date</th></tr></thead>
<tbody>${mails.map(
        (mail) => html`<tr><th scope="row"><a href="/mail/${mail.id}">${mail.subject || 'No subject'}</a></th>
<td>${mail.to.join(', ')}</td><td>${mail.date}</td></tr>
`,
      )}</tbody></table></div>`
}
`,
  });
}

/** One message: as HTML in a frame that can run nothing, as text, and its links. */
export function mailPage(mail: Mail): Reply {
  const subject = mail.subject || 'No subject';
  return renderPage({
    title: subject,
    wide: true,
    menu: CONSOLE_LINK,
    body: html`<h1>${subject}</h1>
<dl><dt>From</dt><dd>${mail.from}</dd><dt>To</dt><dd>${mail.to.join(', ')}</dd><dt>Date</dt><dd>${mail.date}</dd></dl>
${mail.links.length > 0 && html`<h2>Links</h2><ul>${mail.links.map((link) => html`<li><a href="${link}">${link}</a></li>`)}</ul>`}
${
  mail.html !== '' &&
  html`<h2>HTML</h2>
<iframe class="mail" title="The message as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation" srcdoc="${mail.html}"></iframe>`
}
<h2>Text</h2>
<div class="sheet"><pre>${mail.text}</pre></div>
`,
  });
}
