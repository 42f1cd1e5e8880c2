import type { RecentCalls } from './api/recent-calls';
import type { CallLimit } from './call-limit';
import type { SandboxClock } from './clock';
import type { Schedule } from './schedule';
import type { Snapshots } from './snapshots';
import type { Store } from './store';
import type { Switches } from './switches';
import type { Timers } from './timers';
import type { WebhookDispatcher } from './webhooks/dispatcher';

/** What everything in the sandbox works on. */
export interface World {
  readonly store: Store;
  readonly clock: SandboxClock;
  readonly switches: Switches;
  /** What waits for its moment on the clock. */
  readonly schedule: Schedule;
  /** What waits for its moment in real time, however the clock stands. */
  readonly timers: Timers;
  readonly webhooks: WebhookDispatcher;
  readonly limit: CallLimit;
  readonly recentCalls: RecentCalls;
  readonly snapshots: Snapshots;
  readonly apiKey: string;
  readonly merchantName: string;
  /** Origin of the hosted pages, without a slash at its end. */
  readonly publicUrl: string;
}
