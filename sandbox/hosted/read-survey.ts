import { US_STATES } from '@/lib/core/us-states';
import type { FormErrors } from './form-parts';
import { allQuestions, type Question, SURVEY_OUTCOMES } from './survey-questions';

/** What the survey came to. The answers themselves end here: nothing of them is kept. */
export type SurveyOutcome = 'qualifies' | 'ineligible' | 'reviewed_later';

/**
 * Reads a survey: its outcome, or what the customer is asked to correct. A form without a single answer is one of which a
 * tester skipped the questions; otherwise every question that was asked must be answered.
 */
export function readSurvey(form: URLSearchParams): { outcome: SurveyOutcome } | { errors: FormErrors } {
  const errors: Record<string, string> = {};
  if (!Object.hasOwn(US_STATES, form.get('state') ?? '')) errors.state = 'Choose the state in which you live.';
  const questions = allQuestions();
  const isSkipped = questions.every((question) => !isAnswered(question, form));
  if (!isSkipped) {
    for (const question of questions) {
      if (isAsked(question, form) && !isAnswered(question, form)) errors[question.name] = question.missing;
    }
    if (form.get('consent') !== 'yes') errors.consent = 'Confirm your answers to continue.';
  }
  const chosen = form.get('outcome') ?? 'answers';
  if (!Object.hasOwn(SURVEY_OUTCOMES, chosen)) errors.outcome = 'Choose one of the outcomes.';
  if (Object.keys(errors).length > 0) return { errors };
  if (chosen === 'ineligible' || chosen === 'reviewed_later') return { outcome: chosen };
  return { outcome: chosen === 'answers' && saysNo(form) ? 'ineligible' : 'qualifies' };
}

/** Whether the answers rule a letter out: nobody of age, nothing to treat, or items that are for something else. */
function saysNo(form: URLSearchParams): boolean {
  return form.get('adult') === 'no' || form.getAll('conditions').includes('none') || form.get('purpose') === 'none';
}

function isAsked({ when }: Question, form: URLSearchParams): boolean {
  return when === undefined || form.getAll(when.name).includes(when.answer);
}

function isAnswered({ name, kind, choices }: Question, form: URLSearchParams): boolean {
  const answers = form.getAll(name);
  return kind === 'words'
    ? answers.some((answer) => answer.trim() !== '')
    : answers.some((answer) => Object.hasOwn(choices, answer));
}
