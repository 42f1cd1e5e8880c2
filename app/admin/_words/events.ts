import type { Tone } from '@/components/ui/chip';
import type { IconName } from '@/components/ui/icon-shapes';
import type { StaffEndpoint } from '@/lib/views/admin-endpoints';
import type { DeliveryStatus, StaffDelivery } from '@/lib/views/admin-events';

type Look = { word: string; tone: Tone; icon: IconName };

/** A delivery to an endpoint in a chip. */
export const DELIVERY_LOOKS: Record<DeliveryStatus, Look> = {
  pending: { word: 'Waiting', tone: 'wait', icon: 'clock' },
  delivered: { word: 'Delivered', tone: 'ok', icon: 'check' },
  failed: { word: 'Failed', tone: 'bad', icon: 'circle-x' },
};

/** An endpoint in a chip. */
export function endpointLook({ status, failingSince }: Pick<StaffEndpoint, 'status' | 'failingSince'>): Look {
  if (status === 'disabled') return { word: 'Disabled', tone: 'attn', icon: 'circle-pause' };
  return failingSince === null
    ? { word: 'Enabled', tone: 'ok', icon: 'circle-check' }
    : { word: 'Not answering', tone: 'attn', icon: 'triangle-alert' };
}

const NO_ANSWER: Record<string, string> = {
  timeout: 'It did not answer within 15 seconds.',
  network: 'It could not be reached.',
  refused_address: 'Its address is not one of the public internet.',
};

/** What an endpoint said last, or why nothing was sent to it yet. */
export function answerWords(
  delivery: Pick<StaffDelivery, 'tries' | 'lastStatus' | 'lastAnswer' | 'endpointStatus'>,
): string {
  const { tries, lastStatus, lastAnswer, endpointStatus } = delivery;
  if (tries === 0) return endpointStatus === 'disabled' ? 'It waits until its endpoint is enabled.' : 'Not sent yet.';
  if (lastStatus === null) return NO_ANSWER[lastAnswer ?? ''] ?? 'It gave no answer.';
  return lastAnswer === null || lastAnswer === ''
    ? `It answered ${lastStatus}.`
    : `It answered ${lastStatus}: ${lastAnswer}`;
}

/** `shop.example` of `https://shop.example/perennial`. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
