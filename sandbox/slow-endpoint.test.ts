import { expect, test, vi } from 'vitest';
import { startReceiver, startTestSandbox } from './test-world';

test('an endpoint that hangs delays no delivery to another one', async () => {
  const [slow, quick] = [await startReceiver(), await startReceiver()];
  const sandbox = await startTestSandbox({ webhookUrls: [slow.url, quick.url] });
  slow.delayMs = 5000;
  for (let number = 0; number < 80; number += 1) {
    await sandbox.post('/__sandbox/events', { event_type: 'order.made', data: { number } });
  }
  await vi.waitFor(() => expect(quick.received).toHaveLength(80), { timeout: 2000 });
  expect(slow.received.length).toBeLessThan(80);
  await sandbox.close();
  slow.close();
  quick.close();
});
