import type { ReactNode } from 'react';
import { Icon } from './icon';

const KINDS = {
  done: { ground: 'bg-tint-ok', ink: 'text-success', icon: 'circle-check' },
  partial: { ground: 'bg-tint-attn', ink: 'text-warning', icon: 'triangle-alert' },
  wait: { ground: 'bg-tint-wait', ink: 'text-info', icon: 'clock' },
  failed: { ground: 'bg-tint-bad', ink: 'text-error', icon: 'circle-x' },
} as const;

/**
 * What has just been done, what is missing, what is waited for (offline too), or what did not work. Stands in the page under
 * the heading and stays. `announce` reads it out when it appears.
 */
export function Notice({
  kind,
  announce = false,
  children,
}: {
  kind: keyof typeof KINDS;
  announce?: boolean;
  children: ReactNode;
}) {
  const { ground, ink, icon } = KINDS[kind];
  return (
    <div className={`flex gap-3 rounded-field px-4 py-3 text-small ${ground}`} role={announce ? 'status' : undefined}>
      <span className={`mt-0.5 shrink-0 ${ink}`}>
        <Icon name={icon} size={4.5} />
      </span>
      <div className="min-w-0">{children}</div>
    </div>
  );
}
