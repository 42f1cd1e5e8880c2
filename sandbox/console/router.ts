import { ControlError } from '../control/inputs';
import { type HttpRequest, type Reply, seeOther } from '../http';
import { html } from '../markup';
import { readForm } from '../page';
import type { World } from '../world';
import { ACTIONS } from './actions';
import { sendAsset } from './assets';
import { consolePage } from './layout';
import { showPage } from './pages';

/** Answers the pages for people: the console, its buttons, and the mailbox; null for every other address. */
export async function handleConsole(world: World, request: HttpRequest): Promise<Reply | null> {
  const { pathname } = request.url;
  if (request.method === 'GET' || request.method === 'HEAD') return sendAsset(pathname) ?? showPage(world, request.url);
  const action = request.method === 'POST' && Object.hasOwn(ACTIONS, pathname) ? ACTIONS[pathname] : undefined;
  if (action === undefined) return null;
  try {
    const done = await action(world, readForm(request.body));
    const { said, to = pageOf(request) } = typeof done === 'string' ? { said: done } : done;
    const target = new URL(to, 'http://sandbox');
    target.searchParams.set('said', said);
    return seeOther(target.pathname + target.search);
  } catch (error) {
    if (error instanceof ControlError) return refusalPage(world, error, pageOf(request));
    throw error;
  }
}

/** The page whose button was pressed; the first one where the browser does not tell. */
function pageOf({ headers }: HttpRequest): string {
  const referer = headers.referer;
  if (referer === undefined || !URL.canParse(referer)) return '/';
  const { host, pathname, search } = new URL(referer);
  // Behind two slashes stands another host.
  return host === headers.host && !pathname.startsWith('//') ? pathname + search : '/';
}

function refusalPage(world: World, error: ControlError, to: string): Reply {
  return consolePage(world, {
    title: 'Not done',
    current: '',
    status: error.status,
    body: html`<p class="lead">${error.message}</p>
<p class="buttons"><a class="btn btn-edge" href="${to}">Go back</a></p>
`,
  });
}
