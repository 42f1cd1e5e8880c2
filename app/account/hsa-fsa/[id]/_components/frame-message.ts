import * as z from 'zod/mini';

/** What Truemed's page posts when it is done (truemed-api.md section 9); the address in it is never followed. */
const FrameMessage = z.union([
  z.object({ success: z.boolean(), redirectUrl: z.string() }),
  z.object({ success: z.boolean(), redirect_url: z.string() }),
]);

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
  const parsed = FrameMessage.safeParse(message.data);
  if (!parsed.success) return null;
  return parsed.data.success ? 'success' : 'failure';
}
