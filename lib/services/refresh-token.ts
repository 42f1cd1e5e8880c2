import { and, eq, inArray, isNotNull, ne } from 'drizzle-orm';
import type { Queryable } from '@/db/client';
import { recoveryCases } from '@/db/schema/billing';
import { paymentTokens } from '@/db/schema/provisioning';
import type { Context } from '@/lib/context';
import { cardExpiresOn, cardsFingerprint, tokenFingerprint } from '@/lib/core/payment-card';
import type { TokenDetails } from '@/lib/truemed/token-details';
import { audit } from './audit';

type TokenRow = typeof paymentTokens.$inferSelect;

/** What is written of a token that was read from Truemed. `known` is the row as it was; null for a new one. */
export function readFields(
  known: Pick<TokenRow, 'cards' | 'refreshedAt' | 'cardsChangedAt'> | null,
  details: TokenDetails,
  now: Date,
): Pick<TokenRow, 'cards' | 'letterExpiresOn' | 'cardExpiresOn' | 'cardsChangedAt' | 'refreshedAt'> {
  const wasRead = known !== null && known.refreshedAt !== null;
  const changed = wasRead && cardsFingerprint(known.cards) !== cardsFingerprint(details.cards);
  return {
    cards: details.cards,
    letterExpiresOn: details.letterExpiresOn,
    cardExpiresOn: cardExpiresOn(details.cards),
    cardsChangedAt: changed ? now : (known?.cardsChangedAt ?? null),
    refreshedAt: now,
  };
}

/**
 * Writes what Truemed says of a live token that nobody has told us about: unlike an event, reading proves nothing. An order
 * that waits for its customer is tried again only where card or letter are others than they were when it failed
 * (product.md section 5.2, class P). `before` is the token as it stood when Truemed was asked: where an event or another
 * reading has come in since, what was read is the older. Returns whether anything was new.
 */
export async function refreshToken(
  tx: Queryable,
  ctx: Pick<Context, 'now' | 'principal'>,
  before: Pick<TokenRow, 'id' | 'refreshedAt'>,
  details: TokenDetails,
  cause: string,
): Promise<boolean> {
  const [known] = await tx
    .select()
    .from(paymentTokens)
    .where(and(eq(paymentTokens.id, before.id), eq(paymentTokens.status, 'live')))
    .for('update');
  if (known === undefined || known.refreshedAt?.getTime() !== before.refreshedAt?.getTime()) return false;
  await tx
    .update(paymentTokens)
    .set(readFields(known, details, ctx.now))
    .where(eq(paymentTokens.id, known.id));
  const seen = tokenFingerprint(details);
  if (tokenFingerprint(known) !== seen)
    await audit(tx, ctx, {
      action: 'payment_token.refreshed',
      subject: known.id,
      customerId: known.customerId,
      cause,
      change: { letterExpiresOn: { from: known.letterExpiresOn, to: details.letterExpiresOn } },
    });
  await tx
    .update(recoveryCases)
    .set({ retryAt: ctx.now, retryCause: 'token_updated' })
    .where(
      and(
        eq(recoveryCases.customerId, known.customerId),
        eq(recoveryCases.status, 'open'),
        inArray(recoveryCases.reason, ['update_payment_method', 'take_health_survey']),
        isNotNull(recoveryCases.tokenSeen),
        ne(recoveryCases.tokenSeen, seen),
      ),
    );
  return tokenFingerprint(known) !== seen;
}
