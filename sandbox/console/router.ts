import { moveClock, resendDeliveries, review, setTokenHealth } from '../control/actions';
import { ClockInput, ControlError, ResendInput, ReviewInput, readInput, TokenHealthInput } from '../control/inputs';
import { type HttpRequest, type Reply, seeOther } from '../http';
import { html } from '../markup';
import { readForm, renderPage } from '../page';
import type { World } from '../world';
import { consolePage } from './console-page';
import { inboxPage, mailPage } from './mail-pages';

/** The buttons of the console: each is one call of the control API. */
const ACTIONS: Record<string, (world: World, fields: Record<string, string>) => void | Promise<void>> = {
  '/console/clock': (world, { unit = '' }) => moveClock(world, readInput(ClockInput, { advance: { [unit]: 1 } })),
  '/console/health': (world, fields) => void setTokenHealth(world, readInput(TokenHealthInput, fields)),
  '/console/review': (world, fields) => void review(world, readInput(ReviewInput, fields)),
  '/console/resend': (world, fields) => void resendDeliveries(world, readInput(ResendInput, fields)),
};

/** Answers the pages for people: the console, its buttons, and the inbox; null for every other address. */
export async function handleConsole(world: World, request: HttpRequest): Promise<Reply | null> {
  const { pathname } = request.url;
  if (request.method === 'GET') return showPage(world, pathname);
  const action = request.method === 'POST' ? ACTIONS[pathname] : undefined;
  if (action === undefined) return null;
  try {
    await action(world, Object.fromEntries(readForm(request.body)));
  } catch (error) {
    if (error instanceof ControlError) return refusalPage(error);
    throw error;
  }
  return seeOther('/');
}

function showPage(world: World, pathname: string): Reply | null {
  if (pathname === '/') return consolePage(world);
  if (pathname === '/mail') return inboxPage(world);
  const mail = pathname.startsWith('/mail/') ? world.store.mails.get(pathname.slice('/mail/'.length)) : undefined;
  return mail === undefined ? null : mailPage(mail);
}

function refusalPage(error: ControlError): Reply {
  return renderPage({
    title: 'Not done',
    status: error.status,
    body: html`<h1>Not done</h1>
<p>${error.message}</p>
<p><a class="button" href="/">Back to the console</a></p>
`,
  });
}
