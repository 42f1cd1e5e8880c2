/** The choices of a question, by the value that stands in the form. */
type Choices = Readonly<Record<string, string>>;

/** One question of the survey. Its answer is checked and thrown away. */
export interface Question {
  readonly name: string;
  readonly text: string;
  readonly hint?: string;
  /** `one` and `several` offer choices, `words` is a line of text. */
  readonly kind: 'one' | 'several' | 'words';
  readonly choices: Choices;
  /** Asked only where the question of that name has that answer. */
  readonly when?: { readonly name: string; readonly answer: string };
  /** What is said where the answer is missing. */
  readonly missing: string;
}

/** The questions that stand on one screen. */
export interface SurveyStep {
  /** The fragment of its address. */
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly questions: readonly Question[];
}

const YES_NO: Choices = { yes: 'Yes', no: 'No' };

/** The health survey, made up for the sandbox: of the kind that Truemed asks, and not its words. */
export const SURVEY_STEPS: readonly SurveyStep[] = [
  {
    id: 'about-you',
    title: 'About you',
    lead: 'A practitioner must be licensed in the state where you live.',
    questions: [
      question('adult', 'Are you 18 or older?', YES_NO, 'Say whether you are 18 or older.'),
      question(
        'for_whom',
        'Who will use these items?',
        { me: 'I will', household: 'Somebody in my household' },
        'Say who will use these items.',
      ),
      {
        ...question(
          'relation',
          'How is this person related to you?',
          { spouse: 'Spouse or partner', child: 'Child', other: 'Another dependent' },
          'Say how this person is related to you.',
        ),
        when: { name: 'for_whom', answer: 'household' },
      },
    ],
  },
  {
    id: 'your-health',
    title: 'Health',
    lead: 'For the person who will use these items.',
    questions: [
      {
        ...question(
          'conditions',
          'Which conditions are these items meant to treat, mitigate or prevent?',
          {
            heart: 'High blood pressure or heart disease',
            sugar: 'Diabetes or prediabetes',
            pain: 'Joint, back or muscle pain',
            sleep: 'Trouble sleeping',
            stress: 'Anxiety or depression',
            other: 'Another condition',
            none: 'None',
          },
          'Choose at least one, or None.',
        ),
        hint: 'Choose all that apply.',
        kind: 'several',
      },
      {
        ...question('other_condition', 'Which other condition?', {}, 'Name the other condition.'),
        kind: 'words',
        when: { name: 'conditions', answer: 'other' },
      },
      question(
        'diagnosed',
        'Has a healthcare provider diagnosed it?',
        { yes: 'Yes', no: 'No', none: 'There is no condition' },
        'Say whether it was diagnosed.',
      ),
      {
        ...question(
          'diagnosed_when',
          'When was that?',
          { year: 'In the last 12 months', earlier: 'Earlier' },
          'Say when it was diagnosed.',
        ),
        when: { name: 'diagnosed', answer: 'yes' },
      },
    ],
  },
  {
    id: 'your-items',
    title: 'The items',
    lead: 'How they would be used.',
    questions: [
      question(
        'purpose',
        'What are the items for?',
        {
          treat: 'Treating the condition',
          ease: 'Easing its symptoms',
          prevent: 'Keeping it from coming or getting worse',
          none: 'None of these',
        },
        'Say what the items are for.',
      ),
      question('before', 'Have you used items like these before?', YES_NO, 'Say whether you used them before.'),
      {
        ...question(
          'helped',
          'Did they help?',
          { yes: 'Yes', partly: 'Partly', no: 'No', unsure: 'Hard to tell' },
          'Say whether they helped.',
        ),
        when: { name: 'before', answer: 'yes' },
      },
    ],
  },
];

/** The step after the questions. */
export const CONFIRM_STEP = { id: 'confirm', title: 'Confirm' } as const;

/** What a tester chooses as the survey's result; the first is what holds where nothing was chosen. */
export const SURVEY_OUTCOMES = {
  answers: 'What the answers say',
  qualifies: 'Qualifies',
  ineligible: 'Does not qualify',
  reviewed_later: 'Reviewed later',
} as const;

/** Every question of the survey. */
export function allQuestions(): Question[] {
  return SURVEY_STEPS.flatMap((step) => step.questions);
}

function question(name: string, text: string, choices: Choices, missing: string): Question {
  return { name, text, kind: 'one', choices, missing };
}
