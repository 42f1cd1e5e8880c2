import { US_STATES } from '@/lib/core/us-states';
import { Email, Text, WebUrl } from '../api/fields';
import { errorReply, type HttpRequest, type Reply, seeOther } from '../http';
import { qualificationPath, type SurveyTaken, startQualification, submitQualification } from '../model/qualifications';
import { readForm } from '../page';
import type { QualificationSession } from '../records';
import type { World } from '../world';
import { unknownPage } from './closing-pages';
import type { FormErrors } from './form-parts';
import { leaveWithEvents } from './leave-with-events';
import { QUALIFICATION_OUTCOMES, qualificationEndPage, qualificationSurveyPage } from './qualification-pages';

/**
 * The pages of qualification sessions. `/qualify` is the link that a merchant shows (its path is ASSUMED, its `user_id` and
 * `source` are documented); it starts a session and leads to that one's own page.
 */
export async function handleQualification(world: World, request: HttpRequest): Promise<Reply> {
  const [, , id = '', ...more] = request.url.pathname.split('/');
  if (more.length > 0) return unknownPage();
  const methods = id === '' ? ['GET'] : ['GET', 'POST'];
  if (!methods.includes(request.method)) {
    const allow = methods.join(', ');
    return errorReply(405, 'MethodNotAllowed', `This page answers ${allow}.`, { allow });
  }
  if (id === '') return seeOther(qualificationPath(startQualification(world, readLink(request.url.searchParams))));
  const session = world.store.qualifications.get(id);
  if (session === undefined) return unknownPage();
  if (isLinkOver(world, session)) return qualificationEndPage(world, session, 'expired');
  if (request.method === 'POST') return submit(world, session, readForm(request.body));
  return session.status === 'pending'
    ? qualificationSurveyPage(world, session, new URLSearchParams(), {})
    : qualificationEndPage(world, session);
}

/** What is in a link. An address that no browser may be sent to counts as absent. */
function readLink(query: URLSearchParams) {
  const text = (name: string) => query.get(name)?.trim() || null;
  const address = (name: string) => WebUrl.safeParse(query.get(name)).data ?? null;
  const skus = (text('skus') ?? '').split(',').filter((sku) => sku.trim() !== '');
  return {
    user_id: text('user_id'),
    source: text('source'),
    skus: skus.length === 0 ? null : skus,
    success_url: address('success_url'),
    failure_url: address('failure_url'),
  };
}

async function submit(world: World, session: QualificationSession, form: URLSearchParams): Promise<Reply> {
  // The second click of a double click ends where the first one did.
  if (session.status !== 'pending') return leave(session);
  if (form.get('action') === 'cancel') return cancel(world, session);
  const read = readSurveyTaken(form);
  if ('errors' in read) return qualificationSurveyPage(world, session, form, read.errors);
  return leaveWithEvents(
    world,
    read.email,
    (mode) => submitQualification(world, session, read, mode),
    () => leave(world.store.qualifications.get(session.id) ?? session),
  );
}

/** Whether the link of a session that nobody has finished is older than the switch allows (ASSUMED, section 15.9). */
function isLinkOver({ clock, switches }: World, session: QualificationSession): boolean {
  const { hostedLinkHours } = switches.values;
  if (hostedLinkHours === 0 || session.status !== 'pending') return false;
  return clock.now().getTime() - Date.parse(session.created_at) >= hostedLinkHours * 3_600_000;
}

function readSurveyTaken(form: URLSearchParams): SurveyTaken | { errors: FormErrors } {
  const errors: Record<string, string> = {};
  const name = Text.safeParse(form.get('name'));
  const email = Email.safeParse(form.get('email')?.trim());
  const outcome = form.get('outcome') ?? '';
  if (!name.success) errors.name = 'Enter your name.';
  if (!email.success) errors.email = 'Enter your e-mail address, such as ada@example.com.';
  if (!Object.hasOwn(US_STATES, form.get('state') ?? '')) errors.state = 'Choose the state in which you live.';
  if (!isOutcome(outcome)) errors.outcome = 'Choose one of the outcomes.';
  return name.success && email.success && errors.state === undefined && isOutcome(outcome)
    ? { name: name.data, email: email.data, outcome }
    : { errors };
}

function isOutcome(text: string): text is SurveyTaken['outcome'] {
  return Object.hasOwn(QUALIFICATION_OUTCOMES, text);
}

/** Back to the merchant, where it has said to where. */
function leave(session: QualificationSession): Reply {
  const url = session.status === 'rejected' ? session.failure_url : session.success_url;
  return url === null ? seeOther(qualificationPath(session)) : seeOther(url);
}

/** The session stays as it is: nobody is told but by the redirect. */
function cancel(world: World, session: QualificationSession): Reply {
  return session.failure_url === null ? qualificationEndPage(world, session) : seeOther(session.failure_url);
}
