import type { ReactNode } from 'react';

/** One part of the gallery. */
export function Shown({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  return (
    <section className="border-t border-line pt-5 pb-9">
      <h2 className="text-small font-semibold">{title}</h2>
      {about && <p className="mt-0.5 max-w-[44rem] text-dense text-muted">{about}</p>}
      <div className="mt-4">{children}</div>
    </section>
  );
}
