import { errorReply, type HttpRequest, type Reply, seeOther } from '../http';
import { magicCard, magicOf } from '../magic-values';
import { submitRequest } from '../model/completion';
import { hostedPath, isClosed, isLinkExpired, nextStep, recordProgress } from '../model/hosted-requests';
import { isDeclinedByTag } from '../model/magic';
import { readForm } from '../page';
import type { HostedRequest } from '../records';
import type { World } from '../world';
import { cardPage } from './card-page';
import { expiredPage, finishedPage, ineligiblePage, messagePage, timedOutPage, unknownPage } from './closing-pages';
import { leaveWithEvents } from './leave-with-events';
import { handleQualification } from './qualification-router';
import { readCard, readCardForm } from './read-card';
import { readSecondCard, readSecondForm } from './read-split';
import { readSurvey } from './read-survey';
import { surveyPage } from './survey-page';
import { DECLINED } from './test-cards';

const PAGES: Record<string, readonly HostedRequest['kind'][]> = {
  provision: ['provision'],
  repair: ['repair', 'update'],
  checkout: ['checkout'],
};

/** Answers the pages that a `redirect_url` leads to; null for every other address. */
export async function handleHosted(world: World, request: HttpRequest): Promise<Reply | null> {
  const [, page = '', id = '', ...more] = request.url.pathname.split('/');
  if (page === 'qualify') return handleQualification(world, request);
  const kinds = Object.hasOwn(PAGES, page) ? PAGES[page] : undefined;
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
  const entered = { ...readCardForm(form), ...readSecondForm(form) };
  const read = readCard(entered, form.get('outcome'), world.clock.now());
  if ('errors' in read) return cardPage(world, hosted, entered, read.errors);
  const beside = readSecondCard(world, hosted, read.card, entered);
  if ('errors' in beside) return cardPage(world, hosted, entered, beside.errors);
  if (hosted.kind === 'checkout' && isDeclinedByTag(world, hosted.customer_email)) {
    return cardPage(world, hosted, entered, { [DECLINED.field]: DECLINED.message });
  }
  const isReviewed = magicCard(entered.number)?.outcome === 'review';
  const cards = { card: read.card, second_card: beside.second };
  const progress = isReviewed ? { ...cards, survey: 'reviewed_later' as const } : cards;
  return advance(world, recordProgress(world, hosted, progress));
}

/** On to the next step, or out. */
async function advance(world: World, hosted: HostedRequest): Promise<Reply> {
  if (nextStep(hosted) !== null) return seeOther(hostedPath(hosted));
  const email = hosted.customer_email;
  return leaveWithEvents(
    world,
    email,
    (mode) => submitRequest(world, hosted, mode),
    () => leave(world, hosted, true),
  );
}

function leave(world: World, hosted: HostedRequest, success: boolean): Reply {
  if (hosted.use_iframe) return messagePage(world, hosted, success);
  return seeOther(success ? hosted.success_url : hosted.failure_url);
}
