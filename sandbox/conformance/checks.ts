import type { Check } from './check';
import { CHARGE_CHECKS } from './checks-charges';
import { DOOR_CHECKS } from './checks-door';
import { HOSTED_CHECKS } from './checks-hosted';
import { PROVISION_CHECKS } from './checks-provision';
import { SESSION_CHECKS } from './checks-sessions';
import { TOKEN_CHECKS } from './checks-tokens';
import { WEBHOOK_CHECKS } from './checks-webhooks';

/** Every check, in the order in which the documents speak of things. */
export const CHECKS: readonly Check[] = [
  ...SESSION_CHECKS,
  ...CHARGE_CHECKS,
  ...HOSTED_CHECKS,
  ...PROVISION_CHECKS,
  ...TOKEN_CHECKS,
  ...WEBHOOK_CHECKS,
  ...DOOR_CHECKS,
];
