import type { Reply } from '../http';
import { html, Markup } from '../markup';
import { NOTICE, renderDocument } from '../page';
import type { HostedRequest, HostedStep } from '../records';
import type { World } from '../world';
import { orderSummary } from './order-summary';
import { HOSTED_STYLESHEET } from './stylesheet';

interface HostedPage {
  title: string;
  body: Markup;
  status?: number;
  framed?: boolean;
  script?: string;
  /** The order beside the page. */
  aside?: Markup | null;
}

/** A page as customers see it: a company of its own, plainly marked as a sandbox. */
export function hostedPage(page: HostedPage): Reply {
  return renderDocument({
    title: `${page.title} - Truemed sandbox`,
    head: html`<style>${new Markup(HOSTED_STYLESHEET)}</style>`,
    policy: { 'style-src': "'unsafe-inline'" },
    ...(page.status === undefined ? {} : { status: page.status }),
    ...(page.framed === undefined ? {} : { framed: page.framed }),
    ...(page.script === undefined ? {} : { script: page.script }),
    body: html`<header>
<p class="notice">${NOTICE}</p>
<div class="bar"><span class="brand">Truemed <small>sandbox</small></span></div>
</header>
<div class="${page.aside == null ? 'columns single' : 'columns'}">
${page.aside ?? null}<main>
${page.body}
</main>
</div>
`,
  });
}

/** A page of a request, with its order beside it. */
export function requestPage(
  world: World,
  request: HostedRequest,
  page: Pick<HostedPage, 'title' | 'body' | 'status' | 'script'>,
): Reply {
  return hostedPage({ ...page, framed: request.use_iframe, aside: orderSummary(world, request) });
}

const STEP_NAMES: Record<HostedStep, string> = { survey: 'Health survey', card: 'Payment card' };

/** Which step of a request this is, where there are several. */
export function stepLine(request: HostedRequest, step: HostedStep): Markup | null {
  if (request.steps.length < 2) return null;
  const at = request.steps.indexOf(step);
  return html`<ol class="steps" aria-label="Steps">${request.steps.map(
    (name, index) =>
      html`<li${index === at ? html` aria-current="step"` : null} class="${index < at ? 'done' : ''}">${STEP_NAMES[name]}${
        index < at ? html`<span class="unseen"> (done)</span>` : null
      }</li>`,
  )}</ol>
`;
}
