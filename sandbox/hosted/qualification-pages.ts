import { US_STATES } from '@/lib/core/us-states';
import type { Reply } from '../http';
import { html, type Markup } from '../markup';
import { qualificationPath } from '../model/qualifications';
import type { QualificationSession } from '../records';
import type { World } from '../world';
import { choiceField, errorSummary, type FormErrors, field } from './form-parts';
import { hostedPage } from './layout';

/** What a tester chooses as the survey's result. */
export const QUALIFICATION_OUTCOMES = {
  qualifies: 'Qualifies',
  ineligible: 'Does not qualify',
  reviewed_later: 'Reviewed later',
} as const;

/** The survey of a qualification session: nothing is ordered and nothing is paid. */
export function qualificationSurveyPage(
  world: World,
  session: QualificationSession,
  given: URLSearchParams,
  errors: FormErrors,
): Reply {
  const text = (name: string, label: string, attributes: Markup) =>
    field(
      { id: name, label, errors, className: 'needed' },
      (more) => html`<input ${more} ${attributes} value="${given.get(name) ?? ''}">`,
    );
  const heading = 'See whether you qualify';
  return hostedPage({
    title: Object.keys(errors).length > 0 ? `Error: ${heading}` : heading,
    body: html`<h1>${heading}</h1>
<p class="lead">An independent, licensed practitioner reads your answers to see whether you qualify for a Letter of Medical Necessity${
      session.skus === null
        ? ''
        : ` for ${session.skus.map((sku) => world.store.catalog.get(sku)?.name ?? sku).join(', ')}`
    } at ${world.merchantName}.</p>
${errorSummary(errors, false)}<form method="post" action="${qualificationPath(session)}" novalidate>
${text('name', 'Name', html`type="text" autocomplete="name"`)}
${text('email', 'E-mail', html`type="text" inputmode="email" autocomplete="email"`)}
${stateField(given, errors)}
${choiceField({
  name: 'outcome',
  legend: 'Sandbox outcome',
  choices: QUALIFICATION_OUTCOMES,
  chosen: [given.get('outcome') ?? 'qualifies'],
  error: errors.outcome,
  className: 'sandbox',
})}
<div class="buttons"><button name="action" value="continue">Continue</button><button class="bare" name="action" value="cancel">Cancel</button></div>
</form>
`,
  });
}

/** Where a session stands, for somebody whose part is done. */
export function qualificationEndPage(
  world: World,
  session: QualificationSession,
  ending: QualificationSession['status'] | 'expired' = session.status,
): Reply {
  const { title, lead, url } = endingOf(session, ending);
  return hostedPage({
    title,
    status: ending === 'expired' ? 410 : 200,
    body: html`<h1>${title}</h1>
<p class="lead">${lead}</p>
${url === null ? null : html`<p class="buttons"><a class="button" href="${url}">Return to ${world.merchantName}</a></p>`}
`,
  });
}

function endingOf(
  { success_url, failure_url }: QualificationSession,
  ending: QualificationSession['status'] | 'expired',
): { title: string; lead: string; url: string | null } {
  switch (ending) {
    case 'expired':
      return { title: 'This link has expired', lead: 'Nothing of what you entered was kept.', url: failure_url };
    case 'pending':
      return { title: 'Not completed', lead: 'Nothing of what you entered was kept.', url: failure_url };
    case 'processing':
      return {
        title: 'Being reviewed',
        lead: 'An independent, licensed practitioner looks at your health survey. There is nothing more to do here.',
        url: success_url,
      };
    case 'approved':
      return {
        title: 'All set',
        lead: 'You hold a Letter of Medical Necessity. Check your plan details before you pay with it.',
        url: success_url,
      };
    case 'rejected':
      return {
        title: 'You do not qualify',
        lead: 'By your answers, a Letter of Medical Necessity cannot be issued.',
        url: failure_url,
      };
  }
}

function stateField(given: URLSearchParams, errors: FormErrors): Markup {
  const selected = given.get('state');
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
