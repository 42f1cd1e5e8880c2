import type { Tone } from '@/components/ui/chip';
import type { IconName } from '@/components/ui/icon-shapes';
import type { StaffWebhook, WebhookStatus } from '@/lib/views/admin-webhooks';

/** A delivery in a chip. */
export const WEBHOOK_LOOKS: Record<WebhookStatus, { word: string; tone: Tone; icon: IconName }> = {
  received: { word: 'Waiting', tone: 'wait', icon: 'clock' },
  processed: { word: 'Applied', tone: 'ok', icon: 'check' },
  ignored: { word: 'Ignored', tone: 'off', icon: 'circle-minus' },
  quarantined: { word: 'Kept aside', tone: 'attn', icon: 'triangle-alert' },
};

/** What the receiver thought of it. */
export function verdict({ isSigned, isLate }: Pick<StaffWebhook, 'isSigned' | 'isLate'>): string {
  if (!isSigned) return 'unsigned, with a shared secret';
  return isLate ? 'signed, late' : 'signed';
}

/** What it led to, or why it has not yet. */
export function effectWords({ status, effect, lastError }: StaffWebhook): string {
  if (effect !== null && status !== 'quarantined') return effect;
  if (lastError !== null) return lastError;
  return 'Not processed yet.';
}
