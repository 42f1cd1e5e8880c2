import type { APIRequestContext } from '@playwright/test';
import type postgres from 'postgres';
import type { Id } from '@/lib/core/id';
import { changeItems } from '@/lib/services/change-items';
import type { People, Person } from './people';
import { walkRooms } from './site-map';

/** Presses Continue to Truemed, or to its pages in a frame of ours, and stays here. */
export async function beginToMove(
  request: APIRequestContext,
  owner: Person,
  origin: string,
  where: 'truemed' | 'page' = 'truemed',
): Promise<void> {
  const { forms } = await walkRooms(request, [`/account/subscriptions/${owner.subscriptionId}/hsa-fsa`]);
  const form = forms.find(({ fields }) => fields.where === where);
  if (form === undefined) throw new Error('There is no form that moves to HSA/FSA.');
  await request.post(form.page, { multipart: form.fields, headers: { origin }, maxRedirects: 0 });
}

/** Orders a plan as far as Truemed, and stays here. Returns the id of the order. */
export async function beginToOrder(request: APIRequestContext, planId: string, origin: string): Promise<string> {
  const { forms } = await walkRooms(request, [`/checkout?plan=${planId}&quantity=1&every=1-month`]);
  const form = forms.find(({ fields }) => fields.checkoutId !== undefined);
  if (form === undefined) throw new Error('There is no form that orders.');
  const sentTo = { line1: '12 Elm Street', city: 'Fresno', state: 'CA', postalCode: '93701' };
  const multipart = { ...form.fields, ...sentTo, consent: 'yes' };
  await request.post(form.page, { multipart, headers: { origin }, maxRedirects: 0 });
  return form.fields.checkoutId ?? '';
}

/** Asks for two of the item, for which Truemed wants a survey first: the change waits. */
export async function holdOtherItems(people: People, sql: postgres.Sql, who: Person): Promise<void> {
  await people.truemed.setTokenHealth({ email: who.email, health: 'needs_survey' });
  const result = await wantTwo(people, sql, who);
  if (!result.ok || result.next !== 'truemed') throw new Error(JSON.stringify(result));
}

/** Asks for two of the item of a subscription. */
export async function wantTwo(people: People, sql: postgres.Sql, who: Person) {
  const { subscriptionId } = who;
  const [item] = await sql<{ id: Id<'item'> }[]>`
    select id from subscription_items where subscription_id = ${subscriptionId}`;
  if (item === undefined) throw new Error('No item.');
  const items = [{ itemId: item.id, quantity: 2 }];
  return changeItems(await people.as(who), { subscriptionId, items, embedded: false });
}
