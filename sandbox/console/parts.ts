import { html, type Markup } from '../markup';
import { type IconName, icon } from './icons';

export type Tone = 'ok' | 'wait' | 'attn' | 'bad' | 'off';

const TONE_ICONS: Record<Tone, IconName> = {
  ok: 'check',
  wait: 'hourglass',
  attn: 'warning',
  bad: 'cross',
  off: 'off',
};

/** A status: icon, word, color. */
export function chip(tone: Tone, word: string): Markup {
  return html`<span class="chip chip-bare chip-${tone}">${icon(TONE_ICONS[tone])}${word}</span>`;
}

interface Column {
  label: string;
  /** From which width on it is shown. */
  from?: 'md' | 'lg';
}

/** A table under its caption; a row is made by `row` with as many cells. Says `empty` where there is none. */
export function table(
  options: { caption: string; columns: readonly (Column | string)[]; empty: Markup | string; live?: string },
  rows: readonly Markup[],
): Markup {
  const { caption, columns, empty, live } = options;
  const content =
    rows.length === 0
      ? html`<div class="empty">${empty}</div>`
      : html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption class="unseen">${caption}</caption>
<thead><tr>${columns.map((column) => {
          const { label, from }: Column = typeof column === 'string' ? { label: column } : column;
          return html`<th scope="col"${from === undefined ? null : html` class="from-${from}"`}>${
            label.startsWith('(') ? html`<span class="unseen">${label.slice(1, -1)}</span>` : label
          }</th>`;
        })}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
  return live === undefined ? content : html`<div data-live="${live}">${content}</div>`;
}

/** A section under its title. */
export function section(id: string, title: string, content: Markup, more: Markup | null = null): Markup {
  return html`<section aria-labelledby="${id}"><div class="headrow"><h2 id="${id}">${title}</h2>${more}</div>
${content}
</section>
`;
}

/** One button that changes something, with the fields that say what. `back` is where the browser goes afterwards. */
export function postButton(
  action: string,
  fields: Readonly<Record<string, string>>,
  label: Markup | string,
  options: { kind?: 'primary' | 'edge' | 'bare'; name?: string } = {},
): Markup {
  const name = options.name === undefined ? null : html` aria-label="${options.name}"`;
  return html`<form method="post" action="${action}">${hiddenFields(fields)}<button class="btn btn-${options.kind ?? 'edge'}"${name}>${label}</button></form>`;
}

/** Fields of a form that nobody fills in. */
export function hiddenFields(fields: Readonly<Record<string, string>>): Markup[] {
  return Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}

/** A button that copies a text; shown where scripts run. */
export function copyButton(text: string, label: string, name?: string): Markup {
  return html`<button type="button" class="btn btn-bare" data-copy="${text}" hidden${
    name === undefined ? null : html` aria-label="${name}"`
  }><span>${label}</span></button>`;
}

/** A labelled control; `control` gets its id. */
export function field(id: string, label: string, control: (id: string) => Markup, hint?: string): Markup {
  return html`<div class="field"><label for="${id}">${label}</label>${control(id)}${
    hint === undefined ? null : html`<span class="fine">${hint}</span>`
  }</div>
`;
}

/** A choice as a select. */
export function select(
  id: string,
  name: string,
  choices: Readonly<Record<string, string>>,
  selected?: string,
  /** Its name where no label stands beside it. */
  label?: string,
): Markup {
  return html`<select id="${id}" name="${name}"${label === undefined ? null : html` aria-label="${label}"`}>${Object.entries(
    choices,
  ).map(
    ([value, label]) => html`<option value="${value}"${value === selected ? html` selected` : null}>${label}</option>`,
  )}</select>`;
}

/** Facts between hairlines. */
export function facts(entries: readonly (readonly [string, Markup | string | number | null])[]): Markup {
  return html`<dl class="facts">${entries
    .filter(([, value]) => value !== null && value !== '')
    .map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
`;
}

/** An instant to the second, in UTC. */
export function instant(iso: string): Markup {
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)}</time>`;
}

/** How far an instant is from now, in words. */
export function distance(iso: string, now: Date): string {
  const seconds = Math.round((new Date(iso).getTime() - now.getTime()) / 1000);
  const far = Math.abs(seconds);
  const [count, unit] =
    far < 60
      ? [far, 's']
      : far < 3600
        ? [Math.round(far / 60), 'min']
        : far < 172_800
          ? [Math.round(far / 3600), 'h']
          : [Math.round(far / 86_400), 'days'];
  return seconds > 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`;
}

/** JSON as people read it; a text that is none as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
