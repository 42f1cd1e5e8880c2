import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { renderDocument } from '../page';
import type { World } from '../world';
import { SCRIPT_PATH, STYLE_PATH } from './assets';
import { type IconName, icon, MARK } from './icons';

interface Entry {
  href: string;
  label: string;
  icon: IconName;
  /** How many wait; 0 is not shown. */
  count?: (world: World) => number;
}

const GROUPS: readonly { title: string; entries: readonly Entry[] }[] = [
  { title: '', entries: [{ href: '/', label: 'Overview', icon: 'house' }] },
  {
    title: 'What happens',
    entries: [
      { href: '/console/requests', label: 'Requests', icon: 'activity' },
      {
        href: '/console/webhooks',
        label: 'Webhooks',
        icon: 'webhook',
        count: ({ store }) => store.deliveries.find('status', 'pending').length,
      },
      { href: '/mail', label: 'Mailbox', icon: 'mail', count: ({ store }) => store.mails.size },
    ],
  },
  {
    title: 'What exists',
    entries: [
      { href: '/console/tokens', label: 'Tokens', icon: 'token' },
      { href: '/console/sessions', label: 'Sessions', icon: 'receipt' },
    ],
  },
  {
    title: 'What you steer',
    entries: [
      { href: '/console/clock', label: 'Clock', icon: 'clock' },
      { href: '/console/scenarios', label: 'Scenarios', icon: 'scenes' },
      {
        href: '/console/faults',
        label: 'Faults',
        icon: 'warning',
        count: ({ store }) => store.apiFaults.size + store.deliveryFaults.size,
      },
      { href: '/console/magic-values', label: 'Magic values', icon: 'wand' },
      { href: '/console/switches', label: 'Switches', icon: 'switches' },
    ],
  },
];

interface ConsolePage {
  title: string;
  /** The entry of the navigation that the page belongs to. */
  current: string;
  body: Markup;
  /** One line below the title: what the page is for. */
  lead?: Markup | string;
  back?: { href: string; label: string };
  /** What stands at the right of the title. */
  actions?: Markup;
  status?: number;
  /** What a button has just done, from the address. */
  said?: string | null;
}

/** A page of the console in Perennial's hand. */
export function consolePage(world: World, page: ConsolePage): Reply {
  const { title, current, body, lead, back, actions, said } = page;
  return renderDocument({
    title: `${title} - Truemed sandbox`,
    head: html`<link rel="stylesheet" href="${STYLE_PATH}"><script src="${SCRIPT_PATH}" defer></script>`,
    policy: {
      'style-src': "'self'",
      'font-src': "'self'",
      'script-src': "'self'",
      'connect-src': "'self'",
      'frame-src': "'self'",
      'img-src': 'data:',
      'form-action': "'self'",
    },
    ...(page.status === undefined ? {} : { status: page.status }),
    body: html`<div class="frame">
<a class="skip-link" href="#main">Skip to content</a>
<header class="contents"><div class="topbar">${brand()}<details><summary class="btn btn-bare btn-square" aria-label="Menu">${icon('menu')}</summary><div class="panel"><nav aria-label="Menu">${groups(world, current)}</nav></div></details></div>
<div class="side">${brand()}<nav aria-label="Sandbox">${groups(world, current)}</nav><p class="foot fine muted">Stands in for Truemed. No real card, no real survey, no money.</p></div></header>
<main id="main">
${said == null || said === '' ? null : html`<p class="said" role="status">${icon('check')}${said}</p>`}${
  back === undefined ? null : html`<a class="back" href="${back.href}">${icon('chevron-left')}${back.label}</a>`
}<div class="headrow"><div><h1>${title}</h1>${lead === undefined ? null : html`<p class="lead">${lead}</p>`}</div>${
      actions === undefined ? null : html`<div class="buttons">${actions}</div>`
    }</div>
${body}
</main>
</div>
`,
  });
}

function brand(): Markup {
  return html`<a class="brand" href="/">${MARK}<span>Perennial <span class="fine">Truemed sandbox</span></span></a>`;
}

function groups(world: World, current: string): Markup[] {
  return GROUPS.map(
    ({ title, entries }) =>
      html`${title === '' ? null : html`<p class="group">${title}</p>`}<ul>${entries.map(
        ({ href, label, icon: name, count }) =>
          html`<li><a class="entry" href="${href}"${href === current ? html` aria-current="page"` : null}>${icon(name)}<span>${label}</span>${countOf(count?.(world) ?? 0)}</a></li>`,
      )}</ul>`,
  );
}

function countOf(count: number): Markup | null {
  return count === 0 ? null : html`<span class="fine num">${count}<span class="unseen"> there</span></span>`;
}
