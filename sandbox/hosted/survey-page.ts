import type { Reply } from '../http';
import { html } from '../markup';
import { renderPage } from '../page';
import type { HostedRequest } from '../records';
import { US_STATES } from '../us-states';
import type { World } from '../world';
import { errorSummary, type FormErrors, field, itemList, radios, stepLine } from './form-parts';

/** What a tester chooses as the survey's result. */
export const SURVEY_OUTCOMES = {
  qualifies: 'Qualifies',
  ineligible: 'Does not qualify',
  reviewed_later: 'Reviewed later',
} as const;

/** The survey. Its answers are thrown away; the state is prefilled from `customer_state` (section 3.1). */
export function surveyPage(world: World, request: HostedRequest, state: string | null, errors: FormErrors): Reply {
  return renderPage({
    title: Object.keys(errors).length > 0 ? 'Error: Health survey' : 'Health survey',
    framed: request.use_iframe,
    body: html`${stepLine(request, 'survey')}<h1>Health survey</h1>
<p class="soft">For your order at ${world.merchantName}. Your answers help an independent, licensed practitioner to see whether you qualify.</p>
${errorSummary(errors)}<form class="sheet" method="post">
<input type="hidden" name="step" value="survey">
${itemList(request)}${field({ id: 'state', label: 'State of residence', errors }, (attributes) => stateSelect(attributes, state))}
${radios('Who will use these items?', 'user', { me: 'I will', household: 'Somebody in my household' })}
${radios('Have you used items like these before?', 'before', { no: 'No', yes: 'Yes' })}
${radios('Sandbox outcome', 'outcome', SURVEY_OUTCOMES, 'outcome')}
<div class="buttons"><button name="action" value="continue">Continue</button><button class="quiet" name="action" value="cancel" formnovalidate>Cancel</button></div>
</form>
`,
  });
}

function stateSelect(attributes: ReturnType<typeof html>, selected: string | null) {
  return html`<select ${attributes} required>
<option value="">Choose a state</option>
${Object.entries(US_STATES).map(
  ([code, name]) => html`<option value="${code}"${code === selected ? html` selected` : null}>${name}</option>
`,
)}</select>`;
}
