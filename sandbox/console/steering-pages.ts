import { z } from 'zod';
import type { Reply } from '../http';
import { type MagicValue, magicValues } from '../magic-values';
import { html, type Markup } from '../markup';
import { aboutSwitches, SwitchValues } from '../switches';
import type { World } from '../world';
import { clockPanel } from './clock-panel';
import { consolePage } from './layout';
import { chip, copyButton, distance, field, instant, postButton, section, select, table } from './parts';

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
  html`<form class="fields" method="post" action="/console/clock">${field('to', 'Date and time, UTC', (id) => html`<input id="${id}" name="to" type="datetime-local" step="1" value="${world.clock.nowIso().slice(0, 19)}" required>`)}<div class="field"><span>&nbsp;</span><button class="btn btn-edge">Move there</button></div></form>`,
)}
${section(
  'pace',
  'How it passes',
  html`<form class="fields" method="post" action="/console/clock">
${field('mode', 'Mode', (id) => select(id, 'mode', modes, state.mode))}
${field('rate', 'Times as fast', (id) => html`<input id="${id}" name="rate" type="number" min="1" max="1000000" value="${state.mode === 'accelerated' ? state.rate : 3600}">`, 'Where it runs fast: 3600 is an hour in a second.')}
<div class="field"><span>&nbsp;</span><button class="btn btn-edge">Set</button></div></form>`,
)}
${section(
  'reset',
  'Begin anew',
  html`<p class="muted">Forgets tokens, sessions, the ledger, mail, faults and switches. The endpoints stay.</p><div class="buttons">${postButton('/console/reset', {}, 'Forget everything')}${postButton('/console/reset', { keep_clock: 'yes' }, 'Forget everything but the time')}</div>`,
)}`,
  });
}

/** Every value that means something, to copy from. */
export function magicPage(world: World): Reply {
  const { emails, cards } = magicValues();
  return consolePage(world, {
    title: 'Magic values',
    current: '/console/magic-values',
    lead: 'An e-mail with a tag, such as ada+survey_fail@example.com, or a card number on the form. Tags may be combined; everything else behaves normally.',
    body: html`${section('emails', 'In the customer’s e-mail', magicTable('E-mail tags', emails))}
${section('cards', 'On the card form', magicTable('Card numbers', cards))}`,
  });
}

function magicTable(caption: string, values: readonly MagicValue[]): Markup {
  return table(
    { caption, columns: ['Value', 'What it does', { label: 'Section', from: 'md' }, '(Copy)'], empty: '' },
    values.map(
      ({
        value,
        what,
        section: part,
      }) => html`<tr><th scope="row" class="tight"><code>${value}</code></th><td>${what}</td><td class="from-md">${part}</td><td>${copyButton(value, 'Copy', `Copy ${value}`)}</td></tr>
`,
    ),
  );
}

/** How a switch is set, as its schema says. */
type SwitchShape = {
  type?: string;
  enum?: string[];
  anyOf?: { const: unknown }[];
  minimum?: number;
  maximum?: number;
  default?: unknown;
};

const SHAPES: Readonly<Record<string, SwitchShape>> = z.toJSONSchema(SwitchValues, { io: 'input' })
  .properties as Record<string, SwitchShape>;

/** Every switch with the gap in the documents that it stands for. */
export function switchPage(world: World, said: string | null): Reply {
  const about = aboutSwitches();
  const values: Readonly<Record<string, unknown>> = world.switches.values;
  return consolePage(world, {
    title: 'Switches',
    current: '/console/switches',
    lead: 'Where Truemed’s documents are silent, the sandbox had to choose. Each choice is one switch.',
    said,
    body: html`<form method="post" action="/console/switches"><ul class="rows">${Object.entries(SHAPES).map(
      ([
        name,
        shape,
      ]) => html`<li><div><label for="${name}">${name}</label> ${values[name] === shape.default ? null : chip('attn', 'changed')}<p class="muted" id="${name}-about">${about[name] ?? ''}</p></div>
<div class="control">${switchControl(name, shape, values[name])}</div></li>`,
    )}</ul><p class="buttons"><button class="btn btn-primary">Save the switches</button><button class="btn btn-bare" formaction="/console/switches/reset">As at first</button></p></form>`,
  });
}

function switchControl(name: string, shape: SwitchShape, value: unknown): Markup {
  const described = html`aria-describedby="${name}-about"`;
  const choices =
    shape.type === 'boolean' ? ['true', 'false'] : (shape.enum ?? shape.anyOf?.map((choice) => String(choice.const)));
  if (choices === undefined) {
    return html`<input id="${name}" name="${name}" type="number" step="any" min="${shape.minimum ?? 0}" value="${String(value)}" ${described} required>`;
  }
  return html`<select id="${name}" name="${name}" ${described}>${choices.map(
    (choice) => html`<option value="${choice}"${choice === String(value) ? html` selected` : null}>${choice}</option>`,
  )}</select>`;
}

/** Reads the form of the switches: each value as its schema wants it. */
export function readSwitches(form: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(SHAPES).flatMap(([name, shape]): [string, unknown][] => {
      const text = form.get(name);
      if (text === null) return [];
      if (shape.type === 'boolean') return [[name, text === 'true']];
      return [[name, shape.enum === undefined ? Number(text) : text]];
    }),
  );
}

/** Every switch as it is at first. */
export function initialSwitches(): Record<string, unknown> {
  return SwitchValues.parse({});
}
