import type { z } from 'zod';
import { classify } from '../model/catalog';
import { decideQualification } from '../model/qualifications';
import type { CatalogItem, QualificationSession } from '../records';
import type { World } from '../world';
import { type CatalogReviewInput, ControlError, type QualificationReviewInput } from './inputs';

/** Ends the review of a qualification session; refuses one that is not under review. */
export function reviewQualification(
  world: World,
  { qualification_session_id: id, outcome }: z.output<typeof QualificationReviewInput>,
): QualificationSession {
  const session = world.store.qualifications.get(id);
  if (session === undefined) throw new ControlError(`There is no qualification session ${id}.`, 404);
  if (decideQualification(world, id, outcome).length === 0) {
    throw new ControlError(`A qualification session that is ${session.status} is not under review.`, 409);
  }
  return world.store.qualifications.get(id) ?? session;
}

/** Classifies an item, whether its review is under way or over. */
export function reviewItem(world: World, { sku, eligibility }: z.output<typeof CatalogReviewInput>): CatalogItem {
  const item = classify(world, sku, eligibility);
  if (item === undefined) throw new ControlError(`There is no item with the SKU ${sku}.`, 404);
  return item;
}
