import { z } from 'zod';
import { liveToken } from '../model/tokens';
import type { PaymentToken } from '../records';
import type { World } from '../world';
import { type ApiAnswer, type ApiCall, refuse } from './answers';
import { readFields, TOKEN_CODES } from './fields';

const DEFAULT_PAGE_SIZE = 30;

const Count = z.coerce.number().int().min(1, 'must be a whole number of at least 1');
const Query = z.object({
  page: Count.default(1),
  page_size: Count.default(DEFAULT_PAGE_SIZE),
  email: z.string().optional(),
  name: z.string().optional(),
  card_expires_before: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be YYYY-MM')
    .optional(),
  lmn_expires_before: z.iso.date('must be YYYY-MM-DD').optional(),
});

/** Retrieve payment token (section 4.3). A deleted token does not exist. */
export function retrievePaymentToken({ world, id }: ApiCall): ApiAnswer {
  const token = liveToken(world, id);
  return token === undefined ? unknownToken() : { status: 200, body: detailOf(token) };
}

/** List payment tokens (section 4.4), newest first. */
export function listPaymentTokens({ world, query }: ApiCall): ApiAnswer {
  const fields = readFields(Object.fromEntries(query), Query, [], TOKEN_CODES);
  if (!fields.ok) return fields.answer;
  const { page, page_size } = fields.value;
  const { tokens, count } = findTokens(world, fields.value);
  return {
    status: 200,
    body: {
      payment_tokens: tokens.map(detailOf),
      pagination: { count, current_page: page, last_page: Math.max(1, Math.ceil(count / page_size)), page_size },
    },
  };
}

/** One page of the tokens that fit, newest first, and how many fit. Time moves forward, so they stand in its order. */
function findTokens({ store }: World, query: z.infer<typeof Query>): { tokens: PaymentToken[]; count: number } {
  const { page, page_size, ...filters } = query;
  const isFiltered = Object.values(filters).some((filter) => filter !== undefined);
  const end = page * page_size;
  const tokens: PaymentToken[] = [];
  let count = 0;
  for (const token of store.tokens.newestFirst()) {
    if (token.health === 'deleted' || !matches(token, query)) continue;
    count += 1;
    if (count > end - page_size && count <= end) tokens.push(token);
    // Without a filter the rest need not be read to be counted.
    if (count === end && !isFiltered) return { tokens, count: store.tokens.count('live', 'yes') };
  }
  return { tokens, count };
}

/** Delete payment token (section 4.6): for ever, and nobody is told. */
export function deletePaymentToken({ world, id }: ApiCall): ApiAnswer {
  const token = liveToken(world, id);
  if (token === undefined) return unknownToken();
  world.store.tokens.put({ ...token, health: 'deleted' });
  return { status: 204, body: undefined };
}

/** Retrieve provision token request (section 4.2), for requests of create and of update. There is no status to tell. */
export function retrieveProvisionRequest({ world, id }: ApiCall): ApiAnswer {
  const request = world.store.requests.get(id);
  if (request === undefined || (request.kind !== 'provision' && request.kind !== 'update')) {
    return refuse(404, 'NotFound', 'This provision token request does not exist.');
  }
  const payment_token = request.status === 'completed' ? request.payment_token : null;
  return { status: 200, body: { payment_token, metadata: request.metadata } };
}

/** 404 for a token that does not exist, or does so for another sales channel. */
export function unknownToken(): ApiAnswer {
  return refuse(404, 'NotFound', 'This payment_token does not exist.');
}

function detailOf(token: PaymentToken): Record<string, unknown> {
  const { payment_token, created_at, customer_email, customer_name, lmn_expires_at, payment_methods } = token;
  return { payment_token, created_at, customer_email, customer_name, lmn_expires_at, payment_methods };
}

function matches(token: PaymentToken, query: z.infer<typeof Query>): boolean {
  const has = (text: string, part = '') => text.toLowerCase().includes(part.toLowerCase());
  if (!has(token.customer_email, query.email) || !has(token.customer_name, query.name)) return false;
  const { card_expires_before: month, lmn_expires_before: day } = query;
  // Both limits are inclusive (section 4.4); ISO texts sort like the instants they stand for.
  if (month !== undefined && !token.payment_methods.some((card) => expiryMonth(card) <= month)) return false;
  return day === undefined || (token.lmn_expires_at !== null && token.lmn_expires_at.slice(0, 10) <= day);
}

function expiryMonth(card: { exp_month: number; exp_year: number }): string {
  return `${card.exp_year}-${String(card.exp_month).padStart(2, '0')}`;
}
