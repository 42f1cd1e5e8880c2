import type { FrameLocator, Page } from '@playwright/test';

/** The customer completes Truemed's pages, in a tab or in our frame: the survey with an outcome, then the card. */
export async function completeAtTruemed(
  truemed: Page | FrameLocator,
  outcome: 'Qualifies' | 'Does not qualify' | 'Reviewed later' = 'Qualifies',
): Promise<void> {
  await truemed.getByRole('radio', { name: outcome }).check();
  await truemed.getByRole('button', { name: 'Continue' }).click();
  if (outcome !== 'Does not qualify') await saveCard(truemed);
}

/** The customer saves a card on Truemed's card page. */
export async function saveCard(truemed: Page | FrameLocator): Promise<void> {
  await truemed.getByRole('button', { name: 'Save card' }).click();
}
