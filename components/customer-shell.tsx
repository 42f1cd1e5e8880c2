import type { ReactNode } from 'react';
import { Icon } from './ui/icon';

export interface ShellEntry {
  href: string;
  label: string;
  current?: boolean;
}

interface CustomerShellProps {
  merchant: { name: string; email: string; phone?: string | undefined };
  /** Only pages that exist: Overview, Payment, History, Settings. */
  entries: readonly ShellEntry[];
  /** The first name, or the address where there is none. */
  person: string;
  /** Further links in the account menu. */
  menu?: readonly ShellEntry[];
  /** The form that signs out, its button with `menuItemClass`. */
  signOut: ReactNode;
  children: ReactNode;
}

/** The class of a row in the account menu. */
export const menuItemClass = 'block w-full cursor-pointer rounded-field px-3 py-2 text-left hover:bg-base-200';

/** The frame of a customer's pages: one readable column under the merchant's name. */
export function CustomerShell({ merchant, entries, person, menu = [], signOut, children }: CustomerShellProps) {
  return (
    <div className="flex min-h-dvh flex-col text-body">
      <a href="#main" className="skip-link">
        Skip to content
      </a>
      <header className="mx-auto w-full max-w-page px-5 pt-6 sm:pt-9 print:hidden">
        <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-4">
          <a href="/account" className="text-lead font-bold tracking-[-0.02em]">
            {merchant.name}
          </a>
          {entries.length > 0 && (
            <nav aria-label="Account" className="max-sm:order-3 max-sm:w-full">
              <ul className={`flex gap-3 text-small sm:gap-7 ${entries.length > 2 ? 'justify-between' : ''}`}>
                {entries.map(({ href, label, current = false }) => (
                  <li key={href}>
                    <a
                      href={href}
                      aria-current={current ? 'page' : undefined}
                      className={`block border-b-2 py-1.5 font-medium ${current ? 'border-base-content' : 'border-transparent text-muted hover:text-base-content'}`}
                    >
                      {label}
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
          )}
          <details className="relative sm:-mr-1">
            <summary className="flex min-h-11 items-center gap-1 rounded-field text-small font-medium text-muted hover:text-base-content sm:min-h-8">
              <span className="sr-only">Account menu of </span>
              <span className="max-w-[12rem] truncate">{person}</span>
              <Icon name="chevron-down" />
            </summary>
            <div className="absolute right-0 z-10 mt-2 w-60 rounded-box border border-line bg-base-100 p-2 text-small shadow-float">
              {menu.map(({ href, label }) => (
                <a key={href} href={href} className={menuItemClass}>
                  {label}
                </a>
              ))}
              {signOut}
            </div>
          </details>
        </div>
      </header>
      <main id="main" className="mx-auto w-full max-w-page flex-1 px-5 pt-7 pb-16 sm:pt-10">
        {children}
      </main>
      <CustomerFooter merchant={merchant} />
    </div>
  );
}

/** Who does what, and how to reach the merchant. */
export function CustomerFooter({ merchant }: { merchant: CustomerShellProps['merchant'] }) {
  return (
    <footer className="mx-auto w-full max-w-page px-5 pb-10 print:hidden">
      <p className="border-t border-line pt-5 text-fine text-muted">
        Truemed stores your card, runs the health survey and moves the money. {merchant.name} sees neither your full
        card number nor your answers. Questions? Write to{' '}
        <a className="quiet" href={`mailto:${merchant.email}`}>
          {merchant.email}
        </a>
        {merchant.phone && ` or call ${merchant.phone}`}.
      </p>
    </footer>
  );
}
