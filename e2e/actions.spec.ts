import type { BrowserContext, Page } from '@playwright/test';
import postgres from 'postgres';
import { ACTIONS, type ActionPlace, type CustomerAction, standingOf } from './action-table';
import type { People, Person } from './people';
import { expect, expectAccessible, nextDays, promisedDays, test } from './scenario';

// Each action of a customer: done without scripts and said again on the way back; pressed twice on a slow connection, said
// again from a second tab that was open before. What is so afterwards is always what one press made.

// None knows of another: both workers have something to do to the end.
test.describe.configure({ mode: 'parallel' });

let sql: postgres.Sql;
let plain: BrowserContext;
let plan: { id: string; priceId: ActionPlace['priceId'] };
test.beforeAll(async ({ browser, stack }) => {
  sql = postgres(stack.databaseUrl, { max: 1 });
  plain = await browser.newContext({ baseURL: stack.appUrl, javaScriptEnabled: false });
});
test.afterAll(async () => {
  await plain.close();
  await sql.end();
});

for (const action of ACTIONS) {
  test(`${action.name}: once, whatever is pressed, wherever and however often`, async ({ page, context, people }) => {
    plan ??= await people.aPlan();
    const standing = (who: Person) => standingOf(sql, people, who);
    const [bare, slow] = [await begin(people, action), await begin(people, action)];

    await people.signIn(plain, bare.who);
    const still = await plain.newPage();
    await open(still, action, bare);
    const promised = (await promisedDays(still)).slice(action.isToday ? 1 : 0);
    const asked = await question(still);
    const before = await standing(bare.who);
    expect(await standing(slow.who)).toEqual(before);
    await press(still, action);
    await expect(still).toHaveURL(action.leadsTo);
    const done = await standing(bare.who);
    expect(done, 'it does something').not.toEqual(before);
    await still.goBack();
    await pressAgain(still, action, bare, asked);
    expect(await standing(bare.who), 'after the way back without scripts').toEqual(done);
    if (promised.length > 0) {
      await still.goto(bare.place.home);
      expect(promised, 'the days that were promised').toEqual((await nextDays(still)).slice(0, promised.length));
    }
    await still.close();

    await people.signIn(context, slow.who);
    const tab = await context.newPage();
    await open(tab, action, slow);
    await open(page, action, slow);
    await expectAccessible(page);
    await page.route(/\/(account|checkout)/, async (route) => {
      if (route.request().method() === 'POST') await new Promise((resolve) => setTimeout(resolve, 300));
      await route.continue();
    });
    await page.getByRole('button', { name: action.deed }).dblclick();
    await expect(page).toHaveURL(action.leadsTo);
    expect(await standing(slow.who), 'after a double press on a slow connection').toEqual(done);
    await page.goBack();
    await pressAgain(page, action, slow, asked);
    expect(await standing(slow.who), 'after the way back').toEqual(done);

    await press(tab, action);
    if (action.refusal === null) await expect(tab).toHaveURL(action.leadsTo);
    else await expect(tab.getByText(action.refusal)).toBeVisible();
    expect(await standing(slow.who), 'after a second tab').toEqual(done);
    await tab.close();
  });
}

/** A customer who can do it, and where. */
interface Actor {
  who: Person;
  place: ActionPlace;
}

async function begin(people: People, action: CustomerAction): Promise<Actor> {
  const who = await people.aCustomer({ paymentToken: !action.isBilledElsewhere, dueInDays: 12 });
  const [row] = await sql<{ itemId: ActionPlace['itemId']; nextChargeOn: string }[]>`
    select i.id as "itemId", s.next_charge_on::text as "nextChargeOn"
    from subscriptions s join subscription_items i on i.subscription_id = s.id where s.id = ${who.subscriptionId}`;
  if (row === undefined) throw new Error('The customer has no item.');
  const { itemId } = row;
  const { id: planId, priceId } = plan;
  const next = [row.nextChargeOn];
  const answer = await action.begin?.(await people.as(who), who, { priceId, next, itemId }, people);
  if (answer !== undefined) expect(answer).toMatchObject({ ok: true });
  const [once] = await sql<{ id: string }[]>`select id from once_items where subscription_id = ${who.subscriptionId}`;
  const home = `/account/subscriptions/${who.subscriptionId}`;
  return { who, place: { home, planId, priceId, next, itemId, onceItemId: once?.id ?? '' } };
}

async function open(page: Page, action: CustomerAction, { who, place }: Actor): Promise<void> {
  await page.goto(action.at(place));
  await action.fill?.(page, who);
}

/** Presses, and waits until the answer is there: without scripts, a page that has come to its end. */
async function press(page: Page, action: CustomerAction): Promise<void> {
  const answered =
    page.context() === plain
      ? page.waitForEvent('load')
      : page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: action.deed }).click();
  await answered;
}

/** What the sheet of a page asks. */
async function question(page: Page): Promise<string | null> {
  return page.getByRole('heading', { level: 2 }).first().textContent();
}

/** Presses where the page still asks the same: one that is read anew says what is so now, and may offer another order. */
async function pressAgain(page: Page, action: CustomerAction, { who }: Actor, asked: string | null): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const isOffered = (await page.getByRole('button', { name: action.deed }).count()) > 0;
  if (!isOffered || (await question(page)) !== asked) return;
  await action.fill?.(page, who);
  await press(page, action);
}
