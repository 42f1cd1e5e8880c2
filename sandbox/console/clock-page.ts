import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import type { World } from '../world';
import { clockPanel } from './clock-panel';
import { consolePage } from './layout';
import { distance, field, instant, postButton, section, select } from './parts';

/** The clock: by steps, to the next thing that waits for it, to an instant; standing, ticking or running fast. */
export function clockPage(world: World, said: string | null): Reply {
  const next = world.schedule.next();
  const { state } = world.clock;
  const modes = { real: 'Ticks as time does', accelerated: 'Runs fast', manual: 'Stands still' };
  return consolePage(world, {
    title: 'Clock',
    current: '/console/clock',
    lead: 'The one time that everything here obeys. It only moves forward, and what falls due on the way is done in order.',
    said,
    body: html`<section aria-label="Now">${clockPanel(world)}</section>
${section(
  'next',
  'What comes next',
  html`<div data-live="next">${
    next === null
      ? html`<div class="empty">Nothing waits for the clock.</div>`
      : html`<ul class="rows"><li><span>${next.kind.replace('.', ': ')} <span class="fine muted">${next.key}</span></span><span class="muted">${instant(next.due)} UTC, ${distance(next.due, world.clock.now())}</span>${postButton('/console/clock', { to: 'next' }, 'Go there', { kind: 'primary' })}</li></ul>`
  }</div>`,
)}
${section(
  'instant',
  'To an instant',
  html`<form class="fields" method="post" action="/console/clock">${field('to', 'Date and time, UTC', (id) => html`<input id="${id}" name="to" type="datetime-local" step="1" value="${world.clock.nowIso().slice(0, 19)}" required>`)}<div class="act"><button class="btn btn-edge">Move there</button></div></form>`,
)}
${section(
  'pace',
  'How it passes',
  html`<form class="fields" method="post" action="/console/clock">
${field('mode', 'Mode', (id) => select(id, 'mode', modes, state.mode))}
${field('rate', 'Times as fast', (id) => html`<input id="${id}" name="rate" type="number" min="1" max="1000000" value="${state.mode === 'accelerated' ? state.rate : 3600}">`, 'Where it runs fast: 3600 is an hour in a second.')}
<div class="act"><button class="btn btn-edge">Set</button></div></form>`,
)}
${section('snapshots', 'Snapshots', snapshots(world))}
${section(
  'reset',
  'Begin anew',
  html`<p class="muted">Forgets tokens, sessions, the ledger, mail, faults and switches. The endpoints stay.</p><div class="buttons">${postButton('/console/reset', {}, 'Forget everything')}${postButton('/console/reset', { keep_clock: 'yes' }, 'Forget everything but the time')}</div>`,
)}`,
  });
}

/** The whole state under a name, to come back to. */
function snapshots(world: World): Markup {
  const kept = world.snapshots.list();
  return html`<p class="muted">The whole state with its time, under a name. Coming back to one takes the place of everything that is there now.</p>
${
  kept.length > 0 &&
  html`<ul class="rows">${kept.map(
    ({ name, at, records }) =>
      html`<li><span><span class="strong">${name}</span> <span class="fine muted">${instant(at)} UTC, ${records} records</span></span><div class="buttons">${postButton('/console/snapshots/restore', { name }, 'Come back to it', { name: `Come back to it: ${name}` })}${postButton('/console/snapshots/remove', { name }, 'Remove', { name: `Remove ${name}` })}</div></li>`,
  )}</ul>`
}<form class="fields" method="post" action="/console/snapshots">${field(
    'snapshot',
    'Name',
    (id) => html`<input id="${id}" name="name" pattern="[a-z0-9][a-z0-9_\\-]*" maxlength="64" required>`,
    'Small letters, digits, - and _.',
  )}<div class="act"><button class="btn btn-edge">Keep the present state</button></div></form>`;
}
