import { html, type Markup } from '../markup';

/** What is wrong with a form: by field, or with the whole of it under an empty name. */
export type FormErrors = Readonly<Record<string, string>>;

interface Choice {
  name: string;
  legend: string;
  choices: Readonly<Record<string, string>>;
  type?: 'radio' | 'checkbox';
  /** The values that are chosen. */
  chosen?: readonly string[];
  hint?: string | undefined;
  error?: string | undefined;
  className?: string;
  /** Attributes of the fieldset. */
  attributes?: Markup;
}

/** The radios or boxes of one question. Its fieldset has the question's name as its id. */
export function choiceField(choice: Choice): Markup {
  const { name, legend, choices, type = 'radio', chosen = [], hint, error } = choice;
  return html`<fieldset class="${choice.className ?? ''}" id="${name}"${describedBy(name, hint, error)}${choice.attributes ?? null} tabindex="-1">
<legend>${legend}</legend>
${hintOf(name, hint)}${errorOf(name, error)}${Object.entries(choices).map(
  ([value, label]) => html`<label class="choice"><input type="${type}" name="${name}" value="${value}"${
    chosen.includes(value) ? html` checked` : null
  }> <span>${label}</span></label>
`,
)}</fieldset>
`;
}

/** A labelled control with its hint and its error; `control` gets the attributes that tie them together. */
export function field(
  options: { id: string; label: string; hint?: string | undefined; errors: FormErrors; className?: string },
  control: (attributes: Markup) => Markup,
): Markup {
  const { id, label, hint, errors } = options;
  const error = errors[id];
  const attributes = html`id="${id}" name="${id}"${describedBy(id, hint, error)}${
    error === undefined ? null : html` aria-invalid="true"`
  }`;
  return html`<div class="field ${options.className ?? ''}">
<label for="${id}">${label}</label>
${hintOf(id, hint)}${control(attributes)}
${errorOf(id, error)}</div>
`;
}

/**
 * Tells at the top of a form that it was not taken, and names what to correct. It gets the focus, except in a frame,
 * where browsers do not let a page take it.
 */
export function errorSummary(errors: FormErrors, framed: boolean): Markup | null {
  const entries = Object.entries(errors);
  if (entries.length === 0) return null;
  return html`<div class="alert" role="alert" tabindex="-1"${framed ? null : html` autofocus`}><ul>${entries.map(
    ([name, message]) => html`<li>${name === '' ? message : html`<a href="#${name}">${message}</a>`}</li>`,
  )}</ul></div>
`;
}

function hintOf(id: string, hint: string | undefined): Markup | null {
  return hint === undefined ? null : html`<span class="hint" id="${id}-hint">${hint}</span>`;
}

function errorOf(id: string, error: string | undefined): Markup | null {
  return error === undefined ? null : html`<span class="error" id="${id}-error">${error}</span>`;
}

function describedBy(id: string, hint: string | undefined, error: string | undefined): Markup | null {
  const ids = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].filter(Boolean);
  return ids.length === 0 ? null : html` aria-describedby="${ids.join(' ')}"`;
}
