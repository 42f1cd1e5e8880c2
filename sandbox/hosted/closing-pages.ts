import type { Reply } from '../http';
import { html, type Markup, scriptJson } from '../markup';
import { renderPage } from '../page';
import type { HostedRequest } from '../records';
import type { World } from '../world';

/** For somebody who opens the link of a request that is behind them. */
export function finishedPage(world: World, request: HostedRequest): Reply {
  const reviewed = request.status === 'verifying';
  return renderPage({
    title: reviewed ? 'Being reviewed' : 'All set',
    framed: request.use_iframe,
    body: html`<h1>${reviewed ? 'Being reviewed' : 'All set'}</h1>
<p>${
      reviewed
        ? 'An independent, licensed practitioner looks at your answers. There is nothing more to do here.'
        : 'Your details are saved. There is nothing more to do here.'
    }</p>
${wayBack(world, request, request.success_url)}
`,
  });
}

/** For a link whose session was cancelled (section 3.6), or whose request is closed: the way back is `failure_url`. */
export function timedOutPage(world: World, request: HostedRequest): Reply {
  return renderPage({
    title: 'This page has timed out',
    status: 410,
    framed: request.use_iframe,
    body: html`<h1>This page has timed out</h1>
<p>It can no longer be completed, and nothing was charged. Go back to begin again.</p>
${wayBack(world, request, request.failure_url)}
`,
  });
}

/** For an address that never was. */
export function unknownPage(): Reply {
  return renderPage({
    title: 'Page not found',
    status: 404,
    body: html`<h1>Page not found</h1>
<p>This link is not known here. Check that it was copied as a whole.</p>
`,
  });
}

/** The end inside a frame: one message to the page around it (section 9), and no redirect. */
export function messagePage(world: World, request: HostedRequest, success: boolean): Reply {
  const message = { success, [messageKey(world, request)]: success ? request.success_url : request.failure_url };
  return renderPage({
    title: success ? 'All set' : 'Not completed',
    framed: true,
    body: html`<h1>${success ? 'All set' : 'Not completed'}</h1>
<p>Continue on the page around this one.</p>
`,
    script: html`parent.postMessage(${scriptJson(message)}, '*');`,
  });
}

function wayBack(world: World, request: HostedRequest, url: string): Markup {
  const target = request.use_iframe ? html` target="_top"` : null;
  return html`<p><a class="button" href="${url}"${target}>Return to ${world.merchantName}</a></p>`;
}

function messageKey(world: World, request: HostedRequest): 'redirectUrl' | 'redirect_url' {
  const { postMessageKey } = world.switches.values;
  if (postMessageKey !== 'documented') return postMessageKey;
  return request.kind === 'checkout' ? 'redirect_url' : 'redirectUrl';
}
