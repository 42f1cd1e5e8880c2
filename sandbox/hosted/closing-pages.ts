import type { Reply } from '../http';
import { html, type Markup, scriptJson } from '../markup';
import { hostedPath } from '../model/hosted-requests';
import type { HostedRequest } from '../records';
import type { World } from '../world';
import { hostedPage, requestPage, stepLine } from './layout';

/** For somebody who opens the link of a request that is behind them. */
export function finishedPage(world: World, request: HostedRequest): Reply {
  if (request.status === 'verifying') return reviewPendingPage(world, request);
  const paid = request.kind === 'checkout';
  return requestPage(world, request, {
    title: 'All set',
    body: html`<h1>All set</h1>
<p class="lead">${paid ? 'Your order was received.' : 'Your details are saved.'} There is nothing more to do here.</p>
${wayBack(world, request, request.success_url)}
`,
  });
}

/** While a practitioner reads the survey: what is done, and what follows. */
function reviewPendingPage(world: World, request: HostedRequest): Reply {
  return requestPage(world, request, {
    title: 'Being reviewed',
    body: html`<h1>Being reviewed</h1>
<p class="lead">An independent, licensed practitioner looks at your health survey. There is nothing more to do here.</p>
<ol class="progress">
<li class="done"><strong>Health survey</strong> complete</li>
<li class="done"><strong>Payment card</strong> ${request.card === null ? 'on file' : `ending in ${request.card.last4}`}</li>
<li aria-current="step"><strong>Review</strong> by a practitioner. If you qualify, you receive a Letter of Medical Necessity.</li>
</ol>
<p>${
      request.kind === 'checkout'
        ? `Your card carries a hold and is charged only if you qualify. If not, the hold is released and ${world.merchantName} writes to you.`
        : `Nothing was charged. ${world.merchantName} hears of it when the review is over.`
    }</p>
${wayBack(world, request, request.success_url)}
`,
  });
}

/** The survey's result for somebody who does not qualify. The request stays open; the way on is `failure_url` (section 5.1). */
export function ineligiblePage(world: World, request: HostedRequest): Reply {
  return requestPage(world, request, {
    title: 'You do not qualify',
    body: html`${stepLine(request, 'survey')}<h1>You do not qualify for this order</h1>
<p class="lead">By your answers, a Letter of Medical Necessity cannot be issued for these items. Nothing was charged.</p>
<p>You can still order them at ${world.merchantName} with another way to pay.</p>
<form method="post" action="${hostedPath(request)}"><input type="hidden" name="step" value="survey">
<div class="buttons"><button name="action" value="leave">Return to ${world.merchantName}</button><a class="button quiet" href="${hostedPath(request)}">Change my answers</a></div>
</form>
`,
  });
}

/** For a link whose session was cancelled (section 3.6), or whose request is closed: the way back is `failure_url`. */
export function timedOutPage(world: World, request: HostedRequest): Reply {
  return requestPage(world, request, {
    title: 'This page has timed out',
    status: 410,
    body: html`<h1>This page has timed out</h1>
<p class="lead">It can no longer be completed, and nothing was charged. Go back to begin again.</p>
${wayBack(world, request, request.failure_url)}
`,
  });
}

/** For a link that is older than the switch allows. */
export function expiredPage(world: World, request: HostedRequest): Reply {
  return requestPage(world, request, {
    title: 'This link has expired',
    status: 410,
    body: html`<h1>This link has expired</h1>
<p class="lead">Nothing was charged, and nothing of what you entered was kept. ${world.merchantName} can send you a new link.</p>
${wayBack(world, request, request.failure_url)}
`,
  });
}

/** For an address that never was. */
export function unknownPage(): Reply {
  return hostedPage({
    title: 'Page not found',
    status: 404,
    body: html`<h1>Page not found</h1>
<p class="lead">This link is not known here. Check that it was copied as a whole.</p>
`,
  });
}

/** The end inside a frame: one message to the page around it (section 9), and no redirect. */
export function messagePage(world: World, request: HostedRequest, success: boolean): Reply {
  const url = success ? request.success_url : request.failure_url;
  const message = { success, [messageKey(world, request)]: url };
  return hostedPage({
    title: success ? 'All set' : 'Not completed',
    framed: true,
    body: html`<h1>${success ? 'All set' : 'Not completed'}</h1>
<p class="lead">Continue on the page around this one.</p>
${wayBack(world, request, url)}
`,
    script: `parent.postMessage(${scriptJson(message).text}, '*');`,
  });
}

function wayBack(world: World, request: HostedRequest, url: string): Markup {
  const target = request.use_iframe ? html` target="_top"` : null;
  return html`<p class="buttons"><a class="button" href="${url}"${target}>Return to ${world.merchantName}</a></p>`;
}

function messageKey(world: World, request: HostedRequest): 'redirectUrl' | 'redirect_url' {
  const { postMessageKey } = world.switches.values;
  if (postMessageKey !== 'documented') return postMessageKey;
  return request.kind === 'checkout' ? 'redirect_url' : 'redirectUrl';
}
