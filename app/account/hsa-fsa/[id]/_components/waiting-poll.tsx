'use client';

import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { Notice } from '@/components/ui/notice';
import type { WaitingState } from '@/lib/core/provisioning';
import type { WaitingPoll as Poll } from '@/lib/views/provisioning';

/** Milliseconds between two questions; a state that is not here is not asked for again while the page is looked at. */
const ASK_EVERY_MS: Partial<Record<WaitingState, number>> = {
  Confirming: 2_000,
  'Being reviewed': 10_000,
  'Not completed': 10_000,
  'Needs attention': 10_000,
};

const CHARGING_MS = 3_000;

const OFFLINE = 'You are offline. This is what we knew last; the page follows again when you are back.';
const UNREACHABLE = 'We cannot ask for news at the moment. This is what we knew last; we keep trying.';

interface WaitingPollProps {
  requestId: string;
  state: WaitingState;
  /** An order is being charged, which is followed to its end. */
  isCharging: boolean;
  /** What the server has drawn; another one means that there is something else to say. */
  revision: string;
}

/**
 * Asks whether there is something else to say, and has the server draw it. Stands at the end of the page, so that nothing
 * moves when it speaks. Without scripts the page loads itself again.
 */
export function WaitingPoll(props: WaitingPollProps) {
  const [client] = useState(() => new QueryClient());
  const everyMs = props.isCharging ? CHARGING_MS : ASK_EVERY_MS[props.state];
  return (
    <QueryClientProvider client={client}>
      {everyMs !== undefined && (
        <noscript>
          <meta httpEquiv="refresh" content={String(Math.max(5, everyMs / 1000))} />
        </noscript>
      )}
      <Following {...props} everyMs={everyMs} />
    </QueryClientProvider>
  );
}

function Following({ requestId, state, revision, everyMs }: WaitingPollProps & { everyMs: number | undefined }) {
  const router = useRouter();
  const { data, fetchStatus, isError } = useQuery({
    queryKey: ['provisioning', requestId],
    queryFn: ({ signal }) => ask(requestId, signal),
    initialData: { state, revision },
    staleTime: 0,
    refetchOnMount: false,
    refetchOnWindowFocus: 'always',
    refetchOnReconnect: 'always',
    refetchInterval: everyMs ?? false,
    retry: false,
  });
  const hasNews = data.revision !== revision;
  useEffect(() => {
    if (hasNews) router.refresh();
  }, [hasNews, router]);

  const trouble = fetchStatus === 'paused' ? OFFLINE : isError ? UNREACHABLE : null;
  if (everyMs === undefined || trouble === null) return null;
  return (
    <div className="mt-8">
      <Notice kind="wait" announce>
        {trouble}
      </Notice>
    </div>
  );
}

async function ask(requestId: string, signal: AbortSignal): Promise<Poll> {
  const response = await fetch(`/api/provisioning/${requestId}`, { signal, cache: 'no-store' });
  if (!response.ok) throw new Error(`The news could not be read: ${response.status}.`);
  return response.json();
}
