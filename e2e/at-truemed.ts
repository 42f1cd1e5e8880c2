import type { FrameLocator, Page } from '@playwright/test';

type Outcome = 'Qualifies' | 'Does not qualify' | 'Reviewed later';

/** The customer completes Truemed's pages, in a tab or in our frame: the survey with an outcome, then the card. */
export async function completeAtTruemed(truemed: Page | FrameLocator, outcome: Outcome = 'Qualifies'): Promise<void> {
  await takeSurvey(truemed, outcome);
  if (outcome !== 'Does not qualify') await saveCard(truemed);
}

/** The customer ends the survey with an outcome, without its questions; who does not qualify goes back to the shop. */
export async function takeSurvey(truemed: Page | FrameLocator, outcome: Outcome = 'Qualifies'): Promise<void> {
  await truemed.getByRole('link', { name: 'Skip the questions' }).click();
  await truemed.getByRole('radio', { name: outcome }).check();
  await truemed.getByRole('button', { name: 'Continue' }).click();
  if (outcome === 'Does not qualify') await truemed.getByRole('button', { name: /^Return to/ }).click();
}

/** The customer saves a card on Truemed's card page. */
export async function saveCard(truemed: Page | FrameLocator): Promise<void> {
  await truemed.getByRole('button', { name: /^(Save card|Pay \$)/ }).click();
}
