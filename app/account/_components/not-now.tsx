import type { ReactNode } from 'react';
import { Actions, LinkButton } from '@/components/ui/button';

/** In a sheet where something cannot be done as things stand: why, and the way back. `id` names the sheet. */
export function NotNow({
  id,
  title,
  back,
  children,
}: {
  id: string;
  title: string;
  /** The subscription's own page. */
  back: string;
  children: ReactNode;
}) {
  return (
    <>
      <h2 id={id} className="text-title font-semibold">
        {title}
      </h2>
      <p className="mt-3">{children}</p>
      <Actions>
        <LinkButton href={back} kind="edge" wide>
          Open subscription
        </LinkButton>
      </Actions>
    </>
  );
}
