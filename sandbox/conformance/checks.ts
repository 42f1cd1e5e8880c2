import type { Check } from './check';
import { CATALOG_CHECKS } from './checks-catalog';
import { CHARGE_CHECKS } from './checks-charges';
import { DOOR_CHECKS } from './checks-door';
import { HOLD_CHECKS } from './checks-holds';
import { HOSTED_CHECKS } from './checks-hosted';
import { LIST_CHECKS } from './checks-list';
import { PROVISION_CHECKS } from './checks-provision';
import { QUALIFICATION_CHECKS } from './checks-qualification';
import { RECONCILIATION_CHECKS } from './checks-reconciliation';
import { REFUND_CHECKS } from './checks-refunds';
import { SESSION_CHECKS } from './checks-sessions';
import { TOKEN_CHECKS } from './checks-tokens';
import { WEBHOOK_CHECKS } from './checks-webhooks';

/** Every check, in the order in which the documents speak of things. */
export const CHECKS: readonly Check[] = [
  ...SESSION_CHECKS,
  ...CHARGE_CHECKS,
  ...HOSTED_CHECKS,
  ...HOLD_CHECKS,
  ...REFUND_CHECKS,
  ...LIST_CHECKS,
  ...RECONCILIATION_CHECKS,
  ...PROVISION_CHECKS,
  ...TOKEN_CHECKS,
  ...QUALIFICATION_CHECKS,
  ...CATALOG_CHECKS,
  ...WEBHOOK_CHECKS,
  ...DOOR_CHECKS,
];
