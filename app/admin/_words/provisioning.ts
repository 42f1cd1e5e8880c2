import type { Status } from '@/components/ui/chip';
import { type WaitingState, WITHDRAWN } from '@/lib/core/provisioning';
import type { StaffProvisionRequest } from '@/lib/views/admin-provisioning';

/** The five words of the waiting page as chips: staff and customers see the same state. */
export const WAITING_STATUS: Record<WaitingState, Status> = {
  Confirming: 'Confirming',
  Connected: 'Connected',
  'Being reviewed': 'Being reviewed',
  'Not completed': 'Not completed',
  'Needs attention': 'Needs attention',
};

/** Where a request stands, in a sentence for staff. */
export function standing({ status, returnedAt, declinedAt, errorCode }: StaffProvisionRequest): string {
  switch (status) {
    case 'planned':
      return errorCode === null
        ? 'Not sent to Truemed yet.'
        : `Truemed did not answer (${errorCode}). It is sent again.`;
    case 'open':
      if (declinedAt !== null && (returnedAt === null || declinedAt > returnedAt)) {
        return 'The customer came back without finishing. Nothing was charged.';
      }
      return returnedAt === null ? 'The customer is at Truemed.' : 'The customer is back; Truemed has no token yet.';
    case 'waiting_verification':
      return 'Truemed is already reviewing this e-mail.';
    case 'already_provisioned':
      return 'Truemed has a token for this e-mail that we do not know.';
    case 'refused':
      return `Truemed refused it${errorCode === null ? '' : ` (${errorCode})`}. A person must decide.`;
    case 'connected':
      return 'The payment token is linked.';
    case 'abandoned':
      return errorCode === WITHDRAWN
        ? 'The customer took it back. What Truemed still says changes no order.'
        : 'Ten days passed without a token. One that still comes is taken.';
  }
}
