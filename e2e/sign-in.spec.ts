import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from './scenario';

const ASK = 'Email me a sign-in link';

async function askForLink(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(email);
  await page.getByRole('button', { name: ASK }).click();
  await expect(page.getByRole('heading', { name: 'Look in your mail' })).toBeVisible();
}

test('a customer signs in by a mailed link, and out again', async ({ page, people, context }) => {
  const maya = await people.aCustomer();
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Faccount$/);
  await expectAccessible(page);
  await askForLink(page, maya.email);
  await expectAccessible(page);
  const link = await mailedLink(people, maya.email);
  await page.goto(link);
  await expect(page).toHaveURL(/\/account$/);
  const session = await context.cookies();
  await page.locator('summary', { hasText: 'Account menu of' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await context.addCookies(session);
  await page.goto('/account');
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto(link);
  await expect(page.getByText('was used already')).toBeVisible();
});

test('an address that nobody has gets the same answer, and no mail', async ({ page, people }) => {
  const maya = await people.aCustomer();
  const words = async (email: string) => {
    await askForLink(page, email);
    return ((await page.getByRole('main').textContent()) ?? '').replace(email, 'the address');
  };
  const known = await words(maya.email);
  const stranger = `nobody-${maya.email}`;
  expect(await words(stranger)).toBe(known);
  await mailedLink(people, maya.email);
  expect(await people.truemed.mail(stranger)).toEqual([]);
});

test('the sixth link for one address within fifteen minutes is refused', async ({ page, people }) => {
  const maya = await people.aCustomer();
  await askForLink(page, maya.email);
  for (let links = 1; links < 5; links += 1) {
    await page.getByRole('button', { name: 'Send another link' }).click();
    await expect(async () => expect(await people.truemed.mail(maya.email)).toHaveLength(links + 1)).toPass();
  }
  await page.getByRole('button', { name: 'Send another link' }).click();
  await expect(page.getByText('Too many links were asked for')).toBeVisible();
});

test.describe('before scripts load', () => {
  test.use({ javaScriptEnabled: false });

  test('asking for a link and signing in work', async ({ page, people }) => {
    const maya = await people.aCustomer();
    await askForLink(page, maya.email);
    await page.goto(await mailedLink(people, maya.email));
    await expect(page).toHaveURL(/\/account$/);
  });
});

test('a form of another site, and one of nobody, change nothing', async ({ page, people, stack }) => {
  const maya = await people.aCustomer();
  await page.goto('/sign-in');
  const multipart = { ...(await fieldsOf(page)), email: maya.email };
  for (const origin of [undefined, 'null', 'https://evil.example']) {
    const headers = origin === undefined ? {} : { origin };
    const answer = await page.request.post('/sign-in', { multipart, headers });
    expect(await answer.text()).not.toContain('Look in your mail');
  }
  const own = await page.request.post('/sign-in', { multipart, headers: { origin: stack.appUrl } });
  expect(await own.text()).toContain('Look in your mail');
  await mailedLink(people, maya.email);
  expect(await people.truemed.mail(maya.email)).toHaveLength(1);
});

test('an account’s form is taken from its own customer on our own page only', async ({
  page,
  people,
  context,
  stack,
}) => {
  const maya = await people.aCustomer();
  const other = await people.aCustomer();
  await people.signIn(context, maya);
  await page.goto(`/account/subscriptions/${maya.subscriptionId}/hsa-fsa`);
  const form: Record<string, string> = { ...(await fieldsOf(page)), where: 'truemed' };
  const { subscriptionId: _, ...withoutField } = form;
  const post = async (multipart: Record<string, string>, headers: Record<string, string>) =>
    (await page.request.post(page.url(), { multipart, headers, maxRedirects: 0 })).text();
  const own = { origin: stack.appUrl };
  expect(await post(form, {})).toContain('was not sent from our own page');
  expect(await post(form, { ...own, 'sec-fetch-site': 'cross-site' })).toContain('was not sent from our own page');
  expect(await post(withoutField, own)).toContain('Something is missing in this form');
  expect(await post({ ...form, extra: '1' }, own)).toContain('Something is missing in this form');
  expect(await post({ ...form, subscriptionId: other.subscriptionId }, own)).toContain('does not exist');
  await context.clearCookies();
  await post(form, own);
  for (const { email } of [maya, other]) expect((await people.truemed.state(email)).requests).toEqual([]);
  await people.signIn(context, maya);
  await post(form, own);
  expect((await people.truemed.state(maya.email)).requests).toHaveLength(1);
});

test('a script that somebody got into a page does not run', async ({ context }) => {
  // The blocked script is an error on the console, which the scenario's own page must not have.
  const page = await context.newPage();
  const answer = await page.goto('/sign-in');
  const policy = answer?.headers()['content-security-policy'] ?? '';
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/);
  expect(policy).toMatch(/style-src 'self' 'nonce-[^']+' 'sha256-[^']+';/);
  expect(policy).not.toContain('unsafe');
  const blocked = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), {
          once: true,
        });
        const image = document.createElement('img');
        image.setAttribute('onerror', 'document.title = "run"');
        image.src = 'data:,';
        document.body.append(image);
      }),
  );
  expect(blocked).toBe('script-src-attr');
  expect(await page.title()).not.toBe('run');
});

/** The fields of the form in the page's main part, React's own among them, as a browser without scripts sends them. */
async function fieldsOf(page: Page): Promise<Record<string, string>> {
  const fields = await page
    .locator('main form input')
    .evaluateAll((inputs) =>
      inputs.map((input) => [input.getAttribute('name') ?? '', input.getAttribute('value') ?? '']),
    );
  return Object.fromEntries(fields);
}

async function mailedLink(
  people: { truemed: { mail(to: string): Promise<{ text: string }[]> } },
  email: string,
): Promise<string> {
  let link: string | undefined;
  await expect(async () => {
    const mails = await people.truemed.mail(email);
    link = /http\S+\/api\/auth\/callback\/email\S+/.exec(mails[0]?.text ?? '')?.[0];
    expect(link).toBeDefined();
  }).toPass();
  return link ?? '';
}
