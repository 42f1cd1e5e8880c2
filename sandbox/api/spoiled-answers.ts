import { isObject, type Reply } from '../http';
import type { ApiAnswer } from './answers';

/** An answer whose JSON breaks off in the middle. */
export function breakOff(reply: Reply & { kind: 'send' }): Reply {
  const whole = reply.body === '' ? '{}' : reply.body;
  return { ...reply, body: whole.slice(0, Math.ceil(whole.length / 2)) };
}

/** An answer with fields that no document names, at its top and inside of what it holds. */
export function withExtraFields(answer: ApiAnswer): ApiAnswer {
  if (!isObject(answer.body)) return answer;
  const inner = Object.entries(answer.body).map(([name, value]) => [
    name,
    isObject(value) ? { ...value, unheard_of: 1 } : value,
  ]);
  const extra = { unheard_of: true, _internal: { shard: 7, tags: ['a', null] }, id_v2: '00000000-0000-0000' };
  return { ...answer, body: { ...Object.fromEntries(inner), ...extra } };
}

/** An answer without these fields; where none are named, without the one that lies so far along, from 0 up to 1. */
export function withoutFields(answer: ApiAnswer, fields: readonly string[] | null, along: number): ApiAnswer {
  if (!isObject(answer.body)) return answer;
  const names = Object.keys(answer.body);
  const gone = fields ?? names.slice(Math.floor(along * names.length)).slice(0, 1);
  return { ...answer, body: Object.fromEntries(Object.entries(answer.body).filter(([name]) => !gone.includes(name))) };
}

/** An answer that leads elsewhere; one that leads nowhere stays as it is. */
export function withRedirect(answer: ApiAnswer, change: (url: string) => string): ApiAnswer {
  if (!isObject(answer.body) || typeof answer.body.redirect_url !== 'string') return answer;
  return { ...answer, body: { ...answer.body, redirect_url: change(answer.body.redirect_url) } };
}
