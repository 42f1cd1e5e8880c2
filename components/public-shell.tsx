import type { ReactNode } from 'react';
import { Stems } from './stems';

/** The frame of pages for everybody: the landing page, sign-in. `stems` closes the page with the picture. */
export function PublicShell({
  merchantName,
  stems = true,
  action,
  footer,
  children,
}: {
  merchantName: string;
  stems?: boolean;
  action?: ReactNode;
  footer?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex min-h-dvh flex-col overflow-x-clip text-body">
      <a href="#main" className="skip-link">
        Skip to content
      </a>
      <header className="mx-auto flex min-h-17 w-full max-w-page flex-wrap items-center justify-between gap-x-8 gap-y-3 px-5 pt-6 sm:min-h-20 sm:pt-9">
        <a href="/" className="text-lead font-bold tracking-[-0.02em]">
          {merchantName}
        </a>
        {action}
      </header>
      <main id="main" className="mx-auto w-full max-w-page flex-1 px-5 pt-12 sm:pt-20">
        {children}
      </main>
      {footer}
      {stems && (
        <div className="mt-10 h-44 w-full sm:h-64 xl:aspect-[64/13] xl:h-auto">
          <Stems />
        </div>
      )}
    </div>
  );
}

/** The column of a form with one question: title, one line, the form. */
export function FormColumn({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  return (
    <div className="max-w-form">
      <h1 className="text-answer font-semibold">{title}</h1>
      {lead && <p className="mt-3 text-muted">{lead}</p>}
      {children}
    </div>
  );
}
