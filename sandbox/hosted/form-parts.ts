import { html, type Markup } from '../markup';
import type { HostedRequest } from '../records';

/** What is wrong with a form: by field, or with the whole of it under an empty name. */
export type FormErrors = Readonly<Record<string, string>>;

/** Radios of one question, the first of them chosen. */
export function radios(
  legend: string,
  name: string,
  choices: Readonly<Record<string, string>>,
  className = '',
): Markup {
  const [initial] = Object.keys(choices);
  return html`<fieldset class="${className}">
<legend>${legend}</legend>
${Object.entries(choices).map(
  ([value, label]) => html`<label class="choice"><input type="radio" name="${name}" value="${value}"${
    value === initial ? html` checked` : null
  }> ${label}</label>
`,
)}</fieldset>
`;
}

/** A labelled control with its hint and its error; `control` gets the attributes that tie them together. */
export function field(
  options: { id: string; label: string; hint?: string; errors: FormErrors },
  control: (attributes: Markup) => Markup,
): Markup {
  const { id, label, hint, errors } = options;
  const error = errors[id];
  const described = [hint === undefined ? null : `${id}-hint`, error === undefined ? null : `${id}-error`];
  const ids = described.filter((part) => part !== null).join(' ');
  const attributes = html`id="${id}" name="${id}"${ids === '' ? null : html` aria-describedby="${ids}"`}${
    error === undefined ? null : html` aria-invalid="true"`
  }`;
  return html`<div class="field">
<label for="${id}">${label}</label>
${hint === undefined ? null : html`<span class="hint" id="${id}-hint">${hint}</span>`}
${error === undefined ? null : html`<span class="error" id="${id}-error">${error}</span>`}
${control(attributes)}
</div>
`;
}

/** Tells at the top of a form that it was not taken, and gets the focus. */
export function errorSummary(errors: FormErrors): Markup | null {
  const messages = Object.values(errors);
  if (messages.length === 0) return null;
  return html`<div class="alert" role="alert" tabindex="-1" autofocus>${messages.map((message) => html`<div>${message}</div>`)}</div>
`;
}

/** Which step of a request this is, where there are several. */
export function stepLine(request: HostedRequest, step: HostedRequest['steps'][number]): Markup | null {
  if (request.steps.length < 2) return null;
  return html`<p class="soft">Step ${request.steps.indexOf(step) + 1} of ${request.steps.length}</p>
`;
}

/** The items that a request is about. */
export function itemList(request: HostedRequest): Markup {
  return html`<ul class="items" aria-label="Items">
${request.order_items.map(
  (item) => html`<li><span>${item.name}</span><span>Quantity ${item.quantity}</span></li>
`,
)}</ul>
`;
}
