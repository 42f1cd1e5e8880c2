'use client';

import { useEffect, useRef } from 'react';
import { readFrameMessage } from './frame-message';

/**
 * Truemed's page inside ours. When it says that it is done we go to our own return address, once; that proves nothing, and
 * the waiting page shows what Truemed then tells us.
 */
export function TruemedFrame({ requestId, url, origin }: { requestId: string; url: string; origin: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const listen = (message: MessageEvent<unknown>) => {
      const outcome = readFrameMessage(message, { origin, source: frame.current?.contentWindow });
      if (outcome === null) return;
      window.removeEventListener('message', listen);
      window.location.assign(`/account/hsa-fsa/${requestId}/return?outcome=${outcome}`);
    };
    window.addEventListener('message', listen);
    return () => window.removeEventListener('message', listen);
  }, [requestId, origin]);
  return (
    <iframe
      ref={frame}
      src={url}
      title="Truemed: health survey and card"
      sandbox="allow-scripts allow-forms allow-same-origin allow-popups"
      referrerPolicy="strict-origin"
      className="block h-[min(60rem,85dvh)] min-h-[32rem] w-full rounded-box border border-line bg-base-100"
    />
  );
}
