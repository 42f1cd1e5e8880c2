import { errorReply, type HttpRequest, type Reply, seeOther } from '../http';
import { magicCard, magicOf } from '../magic-values';
import { lostOr, submitRequest } from '../model/completion';
import { hostedPath, isClosed, isLinkExpired, nextStep, recordProgress } from '../model/hosted-requests';
import { isDeclinedByTag } from '../model/magic';
import { readForm } from '../page';
import type { HostedRequest } from '../records';
import type { World } from '../world';
import { cardPage } from './card-page';
import { expiredPage, finishedPage, ineligiblePage, messagePage, timedOutPage, unknownPage } from './closing-pages';
import { readCard, readCardForm } from './read-card';
import { readSurvey } from './read-survey';
import { surveyPage } from './survey-page';
import { DECLINED } from './test-cards';

/** How long after the redirect the webhook goes out, where it goes out after it. */
const AFTER_REDIRECT_MS = 300;
/** How long the redirect waits for the webhook, where that goes first. */
const BEFORE_REDIRECT_MS = 3000;

const PAGES: Record<string, readonly HostedRequest['kind'][]> = {
  provision: ['provision'],
  repair: ['repair', 'update'],
  checkout: ['checkout'],
};

/** Answers the pages that a `redirect_url` leads to; null for every other address. */
export async function handleHosted(world: World, request: HttpRequest): Promise<Reply | null> {
  const [, page = '', id = '', ...more] = request.url.pathname.split('/');
  const kinds = PAGES[page];
  if (kinds === undefined || more.length > 0) return null;
  const hosted = world.store.requests.get(id);
  if (hosted === undefined || !kinds.includes(hosted.kind)) return unknownPage();
  if (request.method === 'GET') return show(world, hosted);
  if (request.method === 'POST') return submit(world, hosted, readForm(request.body));
  return errorReply(405, 'MethodNotAllowed', 'This page answers GET and POST.', { allow: 'GET, POST' });
}

function show(world: World, hosted: HostedRequest): Reply {
  if (isClosed(world, hosted)) return timedOutPage(world, hosted);
  if (isLinkExpired(world, hosted)) return expiredPage(world, hosted);
  const step = nextStep(hosted);
  if (step === null) return finishedPage(world, hosted);
  return step === 'survey' ? surveyPage(world, hosted, null, {}) : cardPage(world, hosted, null, {});
}

async function submit(world: World, hosted: HostedRequest, form: URLSearchParams): Promise<Reply> {
  if (isClosed(world, hosted)) return timedOutPage(world, hosted);
  if (isLinkExpired(world, hosted)) return expiredPage(world, hosted);
  const step = nextStep(hosted);
  // The second click of a double click arrives when everything is done, and must end where the first one would have.
  if (step === null) return leave(world, hosted, true);
  if (form.get('action') === 'cancel' || form.get('action') === 'leave') return leave(world, hosted, false);
  // A form of an earlier step, from another tab.
  if (form.get('step') !== step) return show(world, hosted);
  return step === 'survey' ? submitSurvey(world, hosted, form) : submitCard(world, hosted, form);
}

async function submitSurvey(world: World, hosted: HostedRequest, form: URLSearchParams): Promise<Reply> {
  const read = readSurvey(form);
  if ('errors' in read) return surveyPage(world, hosted, form, read.errors);
  // The request stays open: nobody is told of an ineligible customer but by the redirect (section 5.1).
  if (read.outcome === 'ineligible' || magicOf(hosted.customer_email, 'ineligible') !== null) {
    return form.get('result') === 'show' ? ineligiblePage(world, hosted) : leave(world, hosted, false);
  }
  const survey = read.outcome === 'reviewed_later' ? 'reviewed_later' : 'qualified';
  return advance(world, recordProgress(world, hosted, { survey }));
}

async function submitCard(world: World, hosted: HostedRequest, form: URLSearchParams): Promise<Reply> {
  const entered = readCardForm(form);
  const read = readCard(entered, form.get('outcome'), world.clock.now());
  if ('errors' in read) return cardPage(world, hosted, entered, read.errors);
  if (hosted.kind === 'checkout' && isDeclinedByTag(world, hosted.customer_email)) {
    return cardPage(world, hosted, entered, { [DECLINED.field]: DECLINED.message });
  }
  const isReviewed = magicCard(entered.number)?.outcome === 'review';
  const progress = isReviewed ? { card: read.card, survey: 'reviewed_later' as const } : { card: read.card };
  return advance(world, recordProgress(world, hosted, progress));
}

/** On to the next step, or out: with the webhook before the redirect, after it or never, as the switch says. */
async function advance(world: World, hosted: HostedRequest): Promise<Reply> {
  if (nextStep(hosted) !== null) return seeOther(hostedPath(hosted));
  const order = orderOf(world, hosted);
  const eventIds = submitRequest(world, hosted, lostOr(world, order === 'before' ? 'send' : 'hold'));
  if (order === 'before') await firstAttempts(world, eventIds);
  const reply = leave(world, hosted, true);
  if (order !== 'after') return reply;
  return { ...reply, afterSent: () => world.timers.after(AFTER_REDIRECT_MS, () => world.webhooks.release(eventIds)) };
}

/** Which comes first, the webhook or the redirect: a tag in the e-mail decides, else the switch. */
function orderOf({ switches }: World, { customer_email }: HostedRequest): 'before' | 'after' | 'never' {
  if (magicOf(customer_email, 'webhook_before_redirect') !== null) return 'before';
  if (magicOf(customer_email, 'redirect_before_webhook') !== null) return 'after';
  return switches.values.webhookBeforeRedirect;
}

function leave(world: World, hosted: HostedRequest, success: boolean): Reply {
  if (hosted.use_iframe) return messagePage(world, hosted, success);
  return seeOther(success ? hosted.success_url : hosted.failure_url);
}

async function firstAttempts(world: World, eventIds: readonly string[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, BEFORE_REDIRECT_MS);
  });
  await Promise.race([limit, Promise.all(eventIds.map((id) => world.webhooks.attemptsOf(id)))]);
  clearTimeout(timer);
}
