'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { Notice } from '@/components/ui/notice';
import type { CheckoutState } from '@/lib/core/checkout';

/** Milliseconds between two questions; a state that is not here is not asked for again while the page is looked at. */
const ASK_EVERY_MS: Partial<Record<CheckoutState, number>> = {
  Confirming: 2_000,
  'Waiting for Truemed': 2_000,
  'Being reviewed': 10_000,
  'Not completed': 10_000,
  'Needs attention': 10_000,
};

interface CheckoutPollProps {
  checkoutId: string;
  state: CheckoutState;
  /** What the server has drawn; another one means that there is something else to say. */
  revision: string;
}

/**
 * Asks whether there is something else to say, and has the server draw it. Stands at the end of the page, so that nothing
 * moves when it speaks. Without scripts the page loads itself again.
 */
export function CheckoutPoll({ checkoutId, state, revision }: CheckoutPollProps) {
  const router = useRouter();
  const [isUnreachable, setUnreachable] = useState(false);
  const everyMs = ASK_EVERY_MS[state];
  useEffect(() => {
    if (everyMs === undefined) return;
    const stop = new AbortController();
    const ask = async () => {
      if (document.hidden) return;
      try {
        const response = await fetch(`/api/checkout/${checkoutId}`, { signal: stop.signal, cache: 'no-store' });
        if (!response.ok) throw new Error(`The news could not be read: ${response.status}.`);
        const news: { revision: string } = await response.json();
        setUnreachable(false);
        if (news.revision !== revision) router.refresh();
      } catch {
        if (!stop.signal.aborted) setUnreachable(true);
      }
    };
    const timer = setInterval(ask, everyMs);
    document.addEventListener('visibilitychange', ask);
    return () => {
      stop.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }, [checkoutId, revision, everyMs, router]);
  if (everyMs === undefined) return null;
  return (
    <>
      <noscript>
        <meta httpEquiv="refresh" content={String(Math.max(5, everyMs / 1000))} />
      </noscript>
      {isUnreachable && (
        <div className="mt-8">
          <Notice kind="wait" announce>
            We cannot ask for news at the moment. This is what we knew last; we keep trying.
          </Notice>
        </div>
      )}
    </>
  );
}
