import { z } from 'zod';
import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { aboutSwitches, SwitchValues } from '../switches';
import type { World } from '../world';
import { consolePage } from './layout';
import { chip } from './parts';

/** How a switch is set: one of some values, or a number, which may be missing where `isOptional`. */
type Control =
  | { kind: 'choice'; choices: readonly (string | number | boolean)[] }
  | { kind: 'number'; min: number; isOptional: boolean };

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
const Schema = z.object({
  type: z.string().optional(),
  enum: z.array(Scalar).optional(),
  minimum: z.number().optional(),
  default: z.unknown(),
  anyOf: z.array(z.object({ const: Scalar.optional(), type: z.string().optional() })).optional(),
});

const SCHEMAS = z
  .object({ properties: z.record(z.string(), Schema) })
  .parse(z.toJSONSchema(SwitchValues, { io: 'input' })).properties;

/** Every switch with the gap in the documents that it stands for. */
export function switchPage(world: World, said: string | null): Reply {
  const about = aboutSwitches();
  const values: Readonly<Record<string, unknown>> = world.switches.values;
  return consolePage(world, {
    title: 'Switches',
    current: '/console/switches',
    lead: 'Where Truemed’s documents are silent, the sandbox had to choose. Each choice is one switch.',
    said,
    body: html`<form method="post" action="/console/switches"><ul class="rows">${Object.entries(SCHEMAS).map(
      ([
        name,
        schema,
      ]) => html`<li><div><label for="${name}">${name}</label> ${values[name] === schema.default ? null : chip('attn', 'changed')}<p class="muted" id="${name}-about">${about[name] ?? ''}</p></div>
<div class="control">${field(name, controlOf(schema), values[name])}</div></li>`,
    )}</ul><p class="buttons"><button class="btn btn-primary">Save the switches</button><button class="btn btn-bare" formaction="/console/switches/reset" formnovalidate>As at first</button></p></form>`,
  });
}

/** Reads the form of the switches: each value as its schema wants it. */
export function readSwitches(form: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).flatMap(([name, schema]): [string, unknown][] => {
      const text = form.get(name);
      return text === null ? [] : [[name, readValue(controlOf(schema), text)]];
    }),
  );
}

/** Every switch as it is at first. */
export function initialSwitches(): Record<string, unknown> {
  return SwitchValues.parse({});
}

function controlOf({ type, enum: values, anyOf, minimum = 0 }: z.infer<typeof Schema>): Control {
  if (type === 'boolean') return { kind: 'choice', choices: [true, false] };
  const constants = values ?? anyOf?.flatMap((option) => (option.const === undefined ? [] : [option.const])) ?? [];
  if (constants.length > 0) return { kind: 'choice', choices: constants };
  return { kind: 'number', min: minimum, isOptional: anyOf?.some((option) => option.type === 'null') ?? false };
}

function readValue(control: Control, text: string): unknown {
  if (control.kind === 'choice') return control.choices.find((choice) => String(choice) === text) ?? text;
  return control.isOptional && text.trim() === '' ? null : Number(text);
}

function field(name: string, control: Control, value: unknown): Markup {
  const attributes = html`id="${name}" name="${name}" aria-describedby="${name}-about"`;
  if (control.kind === 'number') {
    return html`<input ${attributes} type="number" step="any" min="${control.min}" value="${value === null ? '' : String(value)}"${control.isOptional ? html` placeholder="none"` : html` required`}>`;
  }
  return html`<select ${attributes}>${control.choices.map(
    (choice) =>
      html`<option value="${String(choice)}"${choice === value ? html` selected` : null}>${String(choice)}</option>`,
  )}</select>`;
}
