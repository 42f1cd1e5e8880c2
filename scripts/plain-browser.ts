import { load } from 'cheerio';

/** A page as it was answered, after all redirects of our own hosts. */
export interface Page {
  url: string;
  status: number;
  html: string;
  /** The visible words of `main` (or of the whole page), with single spaces. */
  text: string;
}

/**
 * A browser without scripts, over plain HTTP: it keeps cookies, follows redirects, follows links and submits forms as
 * they stand in the page. What it can do, a customer whose scripts do not load can do.
 */
export class PlainBrowser {
  readonly #cookies = new Map<string, Map<string, string>>();
  #page: Page = { url: 'about:blank', status: 0, html: '', text: '' };

  /** The page that is open. */
  get page(): Page {
    return this.#page;
  }

  /** Opens an address. */
  goto(url: string): Promise<Page> {
    return this.#open(url, { method: 'GET' });
  }

  /** Follows the first link with exactly these words. Throws where there is none. */
  follow(words: string): Promise<Page> {
    const $ = load(this.#page.html);
    const link = $('a[href]')
      .filter((_, element) => squeeze($(element).text()) === words)
      .first();
    const href = link.attr('href');
    if (href === undefined) throw new Error(`${this.#page.url} has no link "${words}".`);
    return this.goto(new URL(href, this.#page.url).toString());
  }

  /** Fills in the fields of the form that has this button, by their labels, and presses it. Throws where there is no such button or label. */
  press(button: string, fields: Record<string, string> = {}): Promise<Page> {
    const $ = load(this.#page.html);
    const pressed = $('button')
      .filter((_, element) => squeeze($(element).text()) === button)
      .first();
    const form = pressed.closest('form');
    if (form.length === 0) throw new Error(`${this.#page.url} has no form with the button "${button}".`);
    const body = new FormData();
    for (const { name, value } of form.serializeArray()) body.set(name, value);
    for (const [label, value] of Object.entries(fields)) {
      const id = $('label')
        .filter((_, element) => squeeze($(element).text()) === label)
        .attr('for');
      const name = id === undefined ? undefined : $(`[id="${id}"]`).attr('name');
      if (name === undefined) throw new Error(`${this.#page.url} has no field "${label}".`);
      body.set(name, value);
    }
    const name = pressed.attr('name');
    if (name !== undefined) body.set(name, pressed.attr('value') ?? '');
    const action = new URL(
      pressed.attr('formaction') ?? form.attr('action') ?? this.#page.url,
      this.#page.url,
    ).toString();
    // Server actions are posted as multipart, Truemed's pages as an ordinary form.
    const isMultipart = form.attr('enctype') === 'multipart/form-data';
    const entries = [...body.entries()].map(([key, value]): [string, string] => [key, String(value)]);
    return this.#open(action, { method: 'POST', body: isMultipart ? body : new URLSearchParams(entries) });
  }

  async #open(url: string, init: RequestInit): Promise<Page> {
    let target = url;
    let request = init;
    for (let redirects = 0; redirects < 10; redirects += 1) {
      const { origin } = new URL(target);
      const response = await fetch(target, {
        ...request,
        redirect: 'manual',
        headers: {
          accept: 'text/html',
          cookie: this.#cookieHeader(origin),
          ...(request.method === 'POST' ? { origin: new URL(this.#page.url).origin } : {}),
        },
      });
      this.#keepCookies(origin, response);
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status >= 400) {
        const html = await response.text();
        this.#page = { url: target, status: response.status, html, text: wordsOf(html) };
        return this.#page;
      }
      target = new URL(location, target).toString();
      request = { method: 'GET' };
    }
    throw new Error(`${url} redirects without end.`);
  }

  #cookieHeader(origin: string): string {
    return [...(this.#cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keepCookies(origin: string, response: Response): void {
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const isOver = /;\s*max-age=0/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line);
      if (isOver) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}

function wordsOf(html: string): string {
  const $ = load(html);
  $('script, style, template').remove();
  return squeeze(($('main').length > 0 ? $('main') : $('body')).text());
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
