import { encode } from './bodies';
import type { CreateCatalogItemBody, UpdateCatalogItemBody } from './catalog-schemas';
import type { UpdateQualificationBody } from './qualification-schemas';

/** The bytes of update qualification session (section 8): only what is given changes. `metadata` is encoded as JSON here. */
export function updateQualificationBytes(
  change: { userId?: string; metadata?: unknown; successUrl?: string; failureUrl?: string },
  idempotencyKey: string,
): Uint8Array {
  const body: UpdateQualificationBody = {
    idempotency_key: idempotencyKey,
    ...(change.userId === undefined ? {} : { user_id: change.userId }),
    ...(change.metadata === undefined ? {} : { metadata: JSON.stringify(change.metadata) }),
    ...(change.successUrl === undefined ? {} : { success_url: change.successUrl }),
    ...(change.failureUrl === undefined ? {} : { failure_url: change.failureUrl }),
  };
  return encode(body);
}

/** The bytes of create catalog item (section 8). */
export function createCatalogItemBytes(item: CreateCatalogItemBody): Uint8Array {
  return encode(item);
}

/** The bytes of update catalog item (section 8). */
export function updateCatalogItemBytes(item: UpdateCatalogItemBody): Uint8Array {
  return encode(item);
}
