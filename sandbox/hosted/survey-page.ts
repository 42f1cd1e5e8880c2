import { US_STATES } from '@/lib/core/us-states';
import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { hostedPath } from '../model/hosted-requests';
import type { HostedRequest } from '../records';
import type { World } from '../world';
import { browserScript } from './browser-scripts';
import { choiceField, errorSummary, type FormErrors, field } from './form-parts';
import { requestPage, stepLine } from './layout';
import { CONFIRM_STEP, type Question, SURVEY_OUTCOMES, SURVEY_STEPS } from './survey-questions';

const STEP_IDS = [...SURVEY_STEPS.map(({ id }) => id), CONFIRM_STEP.id];

/**
 * The survey: one form whose steps are fragments of one address, so that the browser's own buttons lead back and forth and
 * the answers stay in the page until all are sent. It works without scripts; then what is missing is told at the end.
 * `given` are the answers of a form that was not taken.
 */
export function surveyPage(
  world: World,
  request: HostedRequest,
  given: URLSearchParams | null,
  errors: FormErrors,
): Reply {
  const values = given ?? new URLSearchParams({ state: request.customer_state ?? '' });
  const initial = firstStepWith(errors);
  const heading = request.kind === 'repair' || request.kind === 'update' ? 'Retake the health survey' : 'Health survey';
  return requestPage(world, request, {
    title: Object.keys(errors).length > 0 ? `Error: ${heading}` : heading,
    script: browserScript('survey'),
    body: html`${stepLine(request, 'survey')}<h1>${heading}</h1>
<p class="lead">An independent, licensed practitioner reads your answers to see whether you qualify for a Letter of Medical Necessity.</p>
${errorSummary(errors, request.use_iframe)}<form class="survey" method="post" action="${hostedPath(request)}" novalidate>
<input type="hidden" name="step" value="survey"><input type="hidden" name="result" value="show">
${SURVEY_STEPS.map((step, index) =>
  section(index, step, initial, [
    index === 0 && stateField(values, errors),
    ...step.questions.map((question) => questionField(question, values, errors)),
    buttons(index),
    index === 0 &&
      html`<p class="shortcut"><span class="tag">Sandbox</span> <a href="#${CONFIRM_STEP.id}">Skip the questions</a></p>
`,
  ]),
)}${section(
  STEP_IDS.length - 1,
  { ...CONFIRM_STEP, lead: 'This sandbox keeps none of your answers. It remembers only the outcome.' },
  initial,
  [
    choiceField({
      name: 'consent',
      legend: 'Your confirmation',
      type: 'checkbox',
      choices: { yes: 'My answers are true, and I agree that a practitioner reads them.' },
      chosen: values.getAll('consent'),
      error: errors.consent,
      className: 'needed',
    }),
    choiceField({
      name: 'outcome',
      legend: 'Sandbox outcome',
      choices: SURVEY_OUTCOMES,
      chosen: [values.get('outcome') ?? 'answers'],
      error: errors.outcome,
      className: 'sandbox',
    }),
    html`<div class="buttons"><button name="action" value="continue">Continue</button><a class="button quiet" href="#${STEP_IDS.at(-2) ?? ''}">Back</a><button class="bare" name="action" value="cancel">Cancel</button></div>
`,
  ],
)}</form>
`,
  });
}

function section(
  index: number,
  step: { id: string; title: string; lead: string },
  initial: string,
  content: readonly (Markup | false)[],
): Markup {
  return html`<section class="step${step.id === initial ? ' initial' : ''}" id="${step.id}" aria-labelledby="${step.id}-title">
<h2 id="${step.id}-title" tabindex="-1">${step.title} <span class="soft">${index + 1} of ${STEP_IDS.length}</span></h2>
<p class="soft">${step.lead}</p>
${content}</section>
`;
}

function questionField(question: Question, values: URLSearchParams, errors: FormErrors): Markup {
  const { name, text, hint, kind, choices, when } = question;
  const error = errors[name];
  const className = when === undefined ? 'needed' : `needed if-${when.name}-${when.answer}`;
  if (kind !== 'words') {
    const type = kind === 'one' ? 'radio' : 'checkbox';
    return choiceField({ name, legend: text, choices, type, chosen: values.getAll(name), hint, error, className });
  }
  return field(
    { id: name, label: text, hint, errors, className },
    (attributes) =>
      html`<input ${attributes} type="text" value="${values.get(name) ?? ''}" maxlength="120" autocomplete="off">`,
  );
}

function stateField(values: URLSearchParams, errors: FormErrors): Markup {
  const selected = values.get('state');
  return field(
    { id: 'state', label: 'State of residence', errors, className: 'needed' },
    (attributes) => html`<select ${attributes} autocomplete="address-level1">
<option value="">Choose a state</option>
${Object.entries(US_STATES).map(
  ([code, name]) => html`<option value="${code}"${code === selected ? html` selected` : null}>${name}</option>
`,
)}</select>`,
  );
}

function buttons(index: number): Markup {
  const next = html`<a class="button next" href="#${STEP_IDS[index + 1] ?? ''}">Continue</a>`;
  if (index > 0) {
    return html`<div class="buttons">${next}<a class="button quiet" href="#${STEP_IDS[index - 1] ?? ''}">Back</a></div>
`;
  }
  return html`<div class="buttons">${next}<button class="bare" name="action" value="cancel">Cancel</button></div>
`;
}

/** The step that is shown where the address names none: the first, or the first with something to correct. */
function firstStepWith(errors: FormErrors): string {
  const [first = ''] = STEP_IDS;
  if (errors.state !== undefined || Object.keys(errors).length === 0) return first;
  const faulty = SURVEY_STEPS.find((step) => step.questions.some(({ name }) => errors[name] !== undefined));
  return faulty?.id ?? CONFIRM_STEP.id;
}
