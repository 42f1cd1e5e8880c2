import type { z } from 'zod';
import { isLocalDate, type LocalDate } from '@/lib/core/calendar';
import type { PaymentTokenReply } from './schemas';

/** A token as Truemed shows it: masked cards, and the earliest day on which a letter ends. */
export interface TokenDetails {
  paymentToken: string;
  email: string | null;
  name: string | null;
  /** ISO 8601 as Truemed wrote it. */
  createdAt: string | null;
  letterExpiresOn: LocalDate | null;
  cards: { last4: string | null; expires: string | null; brand: string | null; isHsaFsa: boolean }[];
}

/** Reads a token (truemed-api.md section 4.3). Card fields are ASSUMED there, so whatever does not have its shape is null. */
export function readToken(reply: z.infer<typeof PaymentTokenReply>): TokenDetails {
  const day = reply.lmn_expires_at?.slice(0, 10) ?? '';
  return {
    paymentToken: reply.payment_token,
    email: reply.customer_email ?? null,
    name: reply.customer_name ?? null,
    createdAt: reply.created_at ?? null,
    letterExpiresOn: isLocalDate(day) ? day : null,
    cards: (reply.payment_methods ?? []).map((method) => ({
      last4: method.last4 !== null && method.last4 !== undefined && /^\d{4}$/.test(method.last4) ? method.last4 : null,
      expires: expiry(method.exp_year, method.exp_month),
      brand: method.brand?.slice(0, 40) ?? null,
      isHsaFsa: method.type === 'hsa_fsa',
    })),
  };
}

function expiry(year: number | null | undefined, month: number | null | undefined): string | null {
  if (!year || !month || month < 1 || month > 12 || year < 2000 || year > 2200) return null;
  return `${year}-${String(month).padStart(2, '0')}`;
}
