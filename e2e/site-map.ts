import type { APIRequestContext } from '@playwright/test';
import { load } from 'cheerio';

/** A form that changes something: the page that it stands on, and what its buttons would send. */
export interface SentForm {
  page: string;
  fields: Record<string, string>;
}

/** What somebody reaches from their overview: the addresses that answered 200, pages and files to keep, and the forms. */
export interface SiteMap {
  pages: string[];
  files: string[];
  forms: SentForm[];
}

const MOST_PAGES = 150;
const ROOM = /^\/account(\/|\?|$)/;

/**
 * Walks through a customer's rooms as whoever is signed in, by links and by forms that only ask (GET), and collects every
 * form that would change something, once for each of its buttons. Sends none of them.
 */
export async function walkRooms(request: APIRequestContext, starts: readonly string[]): Promise<SiteMap> {
  const queue = [...starts];
  const seen = new Set(queue);
  const map: SiteMap = { pages: [], files: [], forms: [] };
  const enqueue = (address: string) => {
    if (!ROOM.test(address) || seen.has(address) || seen.size >= MOST_PAGES) return;
    seen.add(address);
    queue.push(address);
  };
  for (let page = queue.shift(); page !== undefined; page = queue.shift()) {
    const answer = await request.get(page, { maxRedirects: 0 });
    if (answer.status() !== 200) continue;
    const isPage = answer.headers()['content-type']?.includes('html') === true;
    (isPage ? map.pages : map.files).push(page);
    if (!isPage) continue;
    const { links, asks, forms } = readPage(await answer.text(), page);
    for (const address of [...links, ...asks]) enqueue(address);
    map.forms.push(...forms);
  }
  return map;
}

function readPage(html: string, page: string): { links: string[]; asks: string[]; forms: SentForm[] } {
  const $ = load(html);
  const here = new URL(page, 'http://here');
  const local = (address: string) => {
    const url = new URL(address, here);
    return url.pathname + url.search;
  };
  const links = $('a[href]')
    .toArray()
    .map((link) => local($(link).attr('href') ?? ''));
  const asks: string[] = [];
  const forms: SentForm[] = [];
  for (const element of $('form').toArray()) {
    const form = $(element);
    const filled = Object.fromEntries(form.serializeArray().map(({ name, value }) => [name, value]));
    for (const radio of form.find('input[type=radio]').toArray())
      filled[$(radio).attr('name') ?? ''] ??= $(radio).attr('value') ?? '';
    const buttons = form.find('button[name], input[type=submit][name]').toArray();
    const sends = [
      filled,
      ...buttons.map((button) => ({ ...filled, [$(button).attr('name') ?? '']: $(button).attr('value') ?? '' })),
    ];
    if (form.attr('method')?.toLowerCase() === 'post') forms.push(...sends.map((fields) => ({ page, fields })));
    else
      asks.push(
        ...sends.map((fields) => local(`${form.attr('action') ?? here.pathname}?${new URLSearchParams(fields)}`)),
      );
  }
  return { links, asks, forms };
}
