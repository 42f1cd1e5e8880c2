import type { Reply } from '../http';
import type { World } from '../world';
import { callPage, callsPage } from './call-pages';
import { inboxPage, mailHtml, mailPage } from './mail-pages';
import { overviewPage } from './overview-page';

/** The page at an address; null where there is none. */
export function showPage(world: World, url: URL): Reply | null {
  const said = url.searchParams.get('said');
  const query = (name: string) => (url.searchParams.get(name) ?? '').trim();
  const [, area = '', id = '', part = '', ...more] = url.pathname.split('/').map(decode);
  if (more.length > 0) return null;
  if (url.pathname === '/') return overviewPage(world, said);
  if (url.pathname === '/mail') return inboxPage(world, query('to'), said);
  if (area === 'mail') {
    const mail = world.store.mails.get(id);
    if (mail === undefined) return null;
    return part === 'html' ? mailHtml(mail) : part === '' ? mailPage(world, mail) : null;
  }
  if (area !== 'console') return null;
  if (id === 'requests' && part === '') {
    const filter = {
      operation: query('operation'),
      answer: query('answer'),
      text: query('text'),
      before: query('before'),
    };
    return callsPage(world, filter, said);
  }
  if (id === 'requests') {
    const call = world.store.calls.get(part);
    return call === undefined ? null : callPage(world, call, said);
  }
  return null;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
