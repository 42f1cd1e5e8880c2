import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from '@playwright/test';
import postgres from 'postgres';
import { beginToMove, beginToOrder, holdOtherItems } from '@/e2e/begun';
import { openPeople, type People } from '@/e2e/people';
import { walkRooms } from '@/e2e/site-map';
import { type Stack, startStack } from '@/e2e/stack';
import { BROWSER_ARGS, ensureBrowser } from '@/scripts/browser';
import { BENCH_BUILD, buildForBench } from './build';
import { median, type Report } from './pairs';

const LOADS = 3;
const PUBLIC_PAGES = ['/plans', '/sign-in', '/confirm-email', '/account-deleted'];
/** reliability.md P16: a slow phone on slow 4G. */
const CPU_SLOWDOWN = 4;
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };
const PHONE = { width: 375, height: 812 };
const AN_ID = /[a-z]{3}_[0-9a-hjkmnp-tv-z]{22}/g;
/** Browsers report no interaction that took less. */
const SHORTEST_INTERACTION_MS = 16;

/** What one load of a page came to: bytes of its scripts, gzipped, and the vitals. */
interface Load {
  scriptBytes: number;
  lcp: number;
  inp: number;
  cls: number;
}

/**
 * Every page that a customer reaches, on a slow phone with an empty cache, three times: gzipped kB of its scripts over those
 * of a bare page of the same build, and its vitals. The interaction is opening the account menu; where there is none the first
 * field, and on a bare page a press that does nothing; once the page is taken over by React.
 * `only`: of the routes that have one of these words.
 */
export async function benchClient({
  only,
}: {
  only: readonly string[];
}): Promise<Pick<Report, 'ratios' | 'raw' | 'notes'>> {
  await buildForBench();
  const { executablePath } = await ensureBrowser(console.error, AbortSignal.timeout(300_000));
  const stack = await startStack('bench-client', BENCH_BUILD);
  const people = openPeople(stack);
  const browser = await chromium.launch({
    args: [...BROWSER_ARGS],
    ...(executablePath === null ? {} : { executablePath }),
  });
  try {
    const pages = await pagesOf(browser, people, stack);
    const floor = await measured(pages.anybody, `${stack.appUrl}/bare`);
    const ratios: Report['ratios'] = {};
    const routes = pages.routes.filter(([route]) => only.length === 0 || only.some((word) => route.includes(word)));
    for (const [route, { context, address }] of routes) {
      const { scriptBytes, lcp, inp, cls } = await measured(context, stack.appUrl + address);
      ratios[route] = {
        kb_over_floor: Math.round((scriptBytes - floor.scriptBytes) / 102.4) / 10,
        lcp_ms: Math.round(lcp),
        inp_ms: Math.round(inp),
        cls: Math.round(cls * 1000) / 1000,
      };
    }
    const notes = [
      `a bare page: ${Math.round(floor.scriptBytes / 1024)} kB of scripts, LCP ${Math.round(floor.lcp)} ms, INP ${floor.inp} ms`,
    ];
    return { ratios, raw: {}, notes };
  } finally {
    await browser.close();
    await people.close();
    await stack.stop();
  }
}

/** One address for each route that customers reach: paying, with a refused card, with a change that waits, paid elsewhere, in the middle of a move and of an order. */
async function pagesOf(browser: Browser, people: People, { appUrl, databaseUrl }: Stack) {
  const open = () => browser.newContext({ baseURL: appUrl, viewport: PHONE });
  const anybody = await open();
  const routes = new Map<string, { context: BrowserContext; address: string }>();
  for (const address of PUBLIC_PAGES) routes.set(address, { context: anybody, address });
  const paid = await people.aCustomer({ paymentToken: true, dueInDays: 2 });
  const stuck = await people.aCustomer({ paymentToken: true, dueInDays: 2 });
  const changing = await people.aCustomer({ paymentToken: true, dueInDays: 20 });
  const [elsewhere, moving, framing] = [await people.aCustomer(), await people.aCustomer(), await people.aCustomer()];
  const ordering = await people.aCustomer();
  const sql = postgres(databaseUrl, { max: 1 });
  await holdOtherItems(people, sql, changing);
  await people.truemed.setTokenHealth({ email: stuck.email, health: 'needs_card' });
  await people.truemed.advance({ days: 3 });
  while ((await people.truemed.mail(stuck.email)).length === 0 || (await people.chargesOf(paid)).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 200));
  for (const person of [paid, stuck, changing, elsewhere, moving, framing, ordering]) {
    const context = await open();
    await people.signIn(context, person);
    const starts = ['/account'];
    if (person === moving || person === framing) {
      await beginToMove(context.request, person, appUrl, person === framing ? 'page' : 'truemed');
      const [request] = await sql<{ id: string }[]>`
        select id from provision_requests where customer_id = ${person.customerId}`;
      starts.push(`/account/hsa-fsa/${request?.id}`, `/account/hsa-fsa/${request?.id}/frame`);
    }
    if (person === ordering) {
      const { id } = await people.aPlan();
      starts.push(`/checkout?plan=${id}&quantity=1&every=1-month`);
      starts.push(`/account/checkout/${await beginToOrder(context.request, id, appUrl)}`);
    }
    for (const address of (await walkRooms(context.request, starts)).pages) {
      const route = routeOf(address);
      if (!routes.has(route)) routes.set(route, { context, address });
    }
  }
  await sql.end();
  return { anybody, routes: [...routes].sort(([one], [other]) => one.localeCompare(other)) };
}

/** Without its ids and its question: what is one page for a developer. */
function routeOf(address: string): string {
  return new URL(address, 'http://here').pathname.replaceAll(AN_ID, '[id]');
}

/** The median of each figure, over some loads with an empty cache. */
async function measured(context: BrowserContext, url: string): Promise<Load> {
  const loads: Load[] = [];
  for (let load = 0; load < LOADS; load += 1) loads.push(await loadOnce(context, url));
  const of = (name: keyof Load) => median(loads.map((load) => load[name]));
  return { scriptBytes: of('scriptBytes'), lcp: of('lcp'), inp: of('inp'), cls: of('cls') };
}

async function loadOnce(context: BrowserContext, url: string): Promise<Load> {
  const page = await context.newPage();
  const phone = await context.newCDPSession(page);
  await phone.send('Network.enable');
  await phone.send('Network.setCacheDisabled', { cacheDisabled: true });
  await phone.send('Network.emulateNetworkConditions', SLOW_4G);
  await phone.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  const scripts: Promise<number>[] = [];
  page.on('response', (response) => {
    // What Truemed's page in a frame loads is not ours.
    if (response.request().resourceType() === 'script' && new URL(response.url()).origin === new URL(url).origin)
      scripts.push(response.body().then((body) => gzipSync(body).byteLength));
  });
  await page.addInitScript(watchVitals);
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.waitForFunction(isTakenOver);
  await interact(page);
  const vitals = await page.evaluate(readVitals);
  const bytes = await Promise.all(scripts);
  await page.close();
  return {
    scriptBytes: bytes.reduce((sum, size) => sum + size, 0),
    ...vitals,
    inp: Math.max(vitals.inp, SHORTEST_INTERACTION_MS),
  };
}

async function interact(page: Page): Promise<void> {
  const menu = page.locator('header summary').first();
  const field = page.locator('input:visible').first();
  if ((await menu.count()) > 0) {
    await press(page, menu);
    await page.keyboard.press('Enter');
  } else if ((await field.count()) > 0) {
    await press(page, field);
    await page.keyboard.press('a');
  } else {
    await press(page, page.locator('h1, p').first());
  }
}

/** At its place, as a finger does: a locator's own click runs code in the page while the press is handled, and that would be measured too. */
async function press(page: Page, target: Locator): Promise<void> {
  const box = await target.boundingBox();
  if (box === null) throw new Error('What is to be pressed has no place on the page');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

/** Runs in the page. Until React has taken a page over, a press waits for that: how long is chance, as the network has been idle just as long. */
function isTakenOver(): boolean {
  return Object.keys(document.querySelector('main, p') ?? {}).some((key) => key.startsWith('__reactFiber$'));
}

interface Watched extends Window {
  vitals?: { lcp: number; inp: number; cls: number };
}

/** Runs in the page, before anything of it. */
function watchVitals(): void {
  const vitals = { lcp: 0, inp: 0, cls: 0 };
  (window as Watched).vitals = vitals;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) vitals.lcp = entry.startTime;
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if ('hadRecentInput' in entry && 'value' in entry && entry.hadRecentInput === false)
        vitals.cls += Number(entry.value);
    }
  }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => {
    // What hovers and the like belongs to no interaction, and counts for nothing in this measure.
    for (const entry of list.getEntries())
      if ('interactionId' in entry && entry.interactionId !== 0) vitals.inp = Math.max(vitals.inp, entry.duration);
  }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit);
}

/** Runs in the page, once what was pressed has been painted. */
async function readVitals(): Promise<{ lcp: number; inp: number; cls: number }> {
  for (let frame = 0; frame < 4; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  return (window as Watched).vitals ?? { lcp: 0, inp: 0, cls: 0 };
}
