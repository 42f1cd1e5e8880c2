/** Who may speak: the window of our frame, on the origin of the link that Truemed gave us. */
export interface Speaker {
  origin: string;
  source: unknown;
}

/** Reads a message to our window as the end of Truemed's page; null for anything else, whoever sent it. */
export function readFrameMessage(
  message: Pick<MessageEvent<unknown>, 'origin' | 'source' | 'data'>,
  expected: Speaker,
): 'success' | 'failure' | null {
  if (message.origin !== expected.origin || message.source === null || message.source !== expected.source) return null;
  return isTheEnd(message.data) ? (message.data.success ? 'success' : 'failure') : null;
}

/**
 * Whether it is what Truemed's page posts when it is done (truemed-api.md section 9); the address in it is never followed. Two
 * fields read by hand: zod would weigh more than all the other scripts of the page.
 */
function isTheEnd(data: unknown): data is { success: boolean } {
  if (typeof data !== 'object' || data === null) return false;
  const { success, redirectUrl, redirect_url } = data as Record<string, unknown>;
  return typeof success === 'boolean' && (typeof redirectUrl === 'string' || typeof redirect_url === 'string');
}
