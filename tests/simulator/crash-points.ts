import type { Deed } from './people';
import type { Theme } from './story';

/** A place at which a process dies: before or after a step, which is a transaction, a statement, a call or a mail. */
export interface Aim {
  point: string;
  /** The theme in which the step is taken; null: in every one. */
  theme: Theme | null;
  /** What people do so that it is taken; null: it is taken anyway. */
  deed: Deed | null;
}

/** Steps that are taken where people do something, with what that is. */
const DEEDS: Readonly<Record<string, Deed>> = {
  'plan again': 'tryAgain',
  'claim one': 'chargeNow',
  'change subscription': 'pause',
  'link token': 'moveToHsaFsa',
  'plan request': 'moveToHsaFsa',
  'settle request': 'moveToHsaFsa',
  'call createPaymentToken': 'moveToHsaFsa',
  'call retrievePaymentToken': 'moveToHsaFsa',
  'call retrieveProvisionRequest': 'moveToHsaFsa',
  'call updatePaymentToken': 'repair',
  'call cancelPaymentSession': 'tryAgain',
  'call createRefund': 'refund',
};

/** Steps by the theme in which they are taken. `database.ts` names statements and transactions, the sandbox names calls. */
const STEPS: Readonly<Record<string, Theme | null>> = {
  plan: null,
  'plan again': 'recovery',
  paid: null,
  'mark sent': null,
  'link token': 'moves',
  settle: null,
  'plan request': 'moves',
  'settle request': 'moves',
  seal: null,
  number: null,
  claim: null,
  'claim one': 'recovery',
  'store delivery': 'webhooks',
  'settle delivery': 'webhooks',
  'hold mail': null,
  'settle mail': null,
  'settle case': 'recovery',
  'change subscription': 'schedule',
  import: 'schedule',
  write: null,
  read: null,
  mail: null,
  'call createPaymentSession': null,
  'call retrievePaymentSession': null,
  'call cancelPaymentSession': 'recovery',
  'call createRefund': null,
  'call listPaymentTokens': null,
  'call createPaymentToken': 'moves',
  'call updatePaymentToken': 'recovery',
  'call retrievePaymentToken': 'moves',
  'call retrieveProvisionRequest': 'moves',
};

/** Every crash point; each must be hit at least 25 times in 1,000 seeds (reliability.md section 3). */
export const CRASH_POINTS: readonly Aim[] = Object.entries(STEPS).flatMap(([step, theme]) =>
  ['before', 'after'].map((when) => ({ point: `${when} ${step}`, theme, deed: DEEDS[step] ?? null })),
);
