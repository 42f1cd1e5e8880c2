import type { Id } from './id';

/** A domain that never receives mail (RFC 2606). */
const NOWHERE = '@deleted.invalid';

/** What stands in the place of the name of a deleted account. */
export const ERASED_NAME = 'Deleted account';

/** What stands in the place of the e-mail of a deleted account: unique, and nobody's. */
export function erasedEmail(customerId: Id<'customer'>): string {
  return `${customerId}${NOWHERE}`;
}

/** Whether an address is that of a deleted account, which is never written to. */
export function isErasedEmail(email: string): boolean {
  return email.endsWith(NOWHERE);
}
