import { and, eq, inArray } from 'drizzle-orm';
import { KEY_EXPIRED, KEY_VIOLATED } from '../lib/core/charge';
import { chargeAttempts } from './schema/billing';

/** A charge whose outcome nobody knows, that may not be sent again: unless its session is found yet, a person decides. */
export const WAITS_FOR_PERSON = and(
  eq(chargeAttempts.status, 'unknown'),
  inArray(chargeAttempts.errorCode, [KEY_EXPIRED, KEY_VIOLATED]),
);
