import { and, eq, isNull } from 'drizzle-orm';
import { chargeAttempts, invoices } from '@/db/schema/billing';
import type { StoredCard } from '@/db/schema/provisioning';
import { payingCard } from '@/lib/core/payment-card';
import type { PayingCards } from '@/lib/core/receipt';

/** The one charge that paid an invoice; what was captured a second time is none. */
export const PAYS_FOR_INVOICE = and(
  eq(chargeAttempts.invoiceId, invoices.id),
  eq(chargeAttempts.status, 'captured'),
  isNull(chargeAttempts.duplicateOf),
);

/** The token that paid an order, as far as its cards have to be known. */
export interface PayingToken {
  cards: StoredCard[];
  cardsChangedAt: Date | null;
  refreshedAt: Date | null;
}

/** The cards that paid at an instant: named only where they were read before it, and have been the same since. */
export function cardsAt(token: PayingToken | null, paidAt: Date): PayingCards {
  const since = token?.cardsChangedAt ?? token?.refreshedAt ?? null;
  const first = token === null || since === null || since > paidAt ? null : payingCard(token.cards);
  if (token === null || first === null || first.last4 === null)
    return { cards: [], isHsaFsa: first?.isHsaFsa ?? false };
  const others = token.cards.filter((card) => card !== first).flatMap(({ last4 }) => (last4 === null ? [] : [last4]));
  return { cards: [first.last4, ...others], isHsaFsa: first.isHsaFsa };
}
