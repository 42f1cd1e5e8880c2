import type { ReactNode } from 'react';
import { Brand } from './brand';
import { Icon } from './ui/icon';
import type { IconName } from './ui/icon-shapes';

export interface StaffEntry {
  href: string;
  label: string;
  icon: IconName;
  /** How many are open; 0 is not shown. */
  count?: number;
  current?: boolean;
}

/** Entries under a title: "Shop", "Engine", "Control". The first group has none. */
export interface StaffGroup {
  title?: string;
  entries: readonly StaffEntry[];
}

interface StaffShellProps {
  groups: readonly StaffGroup[];
  person: { name: string; role: string };
  /** Where the search is; without it there is no search. */
  searchHref?: string;
  /** The form that signs out, its button with `signOutClass`. */
  signOut?: ReactNode;
  children: ReactNode;
}

/** The frame of staff pages: a quiet side navigation, the page as one sheet. The page brings `StaffPage` or a table's own edges. */
export function StaffShell({ groups, person, searchHref, signOut, children }: StaffShellProps) {
  return (
    <div className="min-h-dvh text-dense lg:grid lg:grid-cols-[14.5rem_minmax(0,1fr)]">
      <a href="#main" className="skip-link">
        Skip to content
      </a>
      <header className="contents">
        <PhoneBar groups={groups} person={person} searchHref={searchHref} signOut={signOut} />
        <div className="hidden lg:block">
          <div className="sticky top-0 flex h-dvh flex-col px-3 py-4">
            <a href="/admin" className="flex items-center gap-2 px-2.5">
              <Brand />
            </a>
            {searchHref && (
              <a
                href={searchHref}
                className="mt-4 flex items-center gap-2.5 rounded-[0.5rem] border border-line bg-base-100 px-2.5 py-1.5 text-muted hover:border-edge"
              >
                <Icon name="search" />
                Search
              </a>
            )}
            <nav aria-label="Admin" className={`flex-1 overflow-y-auto ${searchHref ? 'mt-3' : 'mt-4'}`}>
              <Groups groups={groups} />
            </nav>
            <Person person={person} signOut={signOut} />
          </div>
        </div>
      </header>
      <main
        id="main"
        className="min-w-0 bg-base-100 max-lg:min-h-dvh max-lg:border-t max-lg:border-line lg:my-2 lg:mr-2 lg:rounded-box lg:border lg:border-line lg:shadow-sheet"
      >
        {children}
      </main>
    </div>
  );
}

/** The content of a staff page with its edges. Around a table, `StaffPage` holds what is above it and the table stands beside it. */
export function StaffPage({ children, last = true }: { children: ReactNode; last?: boolean }) {
  return <div className={`px-4 pt-6 sm:px-8 lg:px-10 lg:pt-8 ${last ? 'pb-12' : ''}`}>{children}</div>;
}

type ShellParts = Omit<StaffShellProps, 'children' | 'searchHref'> & { searchHref: string | undefined };

function PhoneBar({ groups, person, searchHref, signOut }: ShellParts) {
  return (
    <div className="flex items-center justify-between gap-3 px-4 py-3 lg:hidden">
      <a href="/admin" className="flex items-center gap-2">
        <Brand />
      </a>
      <div className="flex items-center gap-1">
        {searchHref && (
          <a href={searchHref} className="btn btn-bare btn-sm btn-square" aria-label="Search">
            <Icon name="search" size={4.5} />
          </a>
        )}
        <details className="relative">
          <summary className="btn btn-bare btn-sm btn-square" aria-label="Menu">
            <Icon name="menu" size={5} />
          </summary>
          <div className="absolute right-0 z-10 mt-2 w-64 rounded-box border border-line bg-base-100 p-3 shadow-float">
            <nav aria-label="Admin">
              <Groups groups={groups} />
            </nav>
            <Person person={person} signOut={signOut} />
          </div>
        </details>
      </div>
    </div>
  );
}

function Groups({ groups }: { groups: readonly StaffGroup[] }) {
  return groups.map(({ title, entries }) => (
    <div key={title ?? 'first'}>
      {title && <p className="px-2.5 pt-5 pb-1 text-fine text-muted">{title}</p>}
      <ul className="space-y-px">
        {entries.map(({ href, label, icon, count = 0, current = false }) => (
          <li key={href}>
            <a
              href={href}
              aria-current={current ? 'page' : undefined}
              className={`flex items-center gap-2.5 rounded-[0.5rem] px-2.5 py-1.5 ${current ? 'bg-base-300 font-semibold' : 'font-medium text-muted hover:bg-base-300/60 hover:text-base-content'}`}
            >
              <Icon name={icon} />
              <span className="flex-1">{label}</span>
              {count > 0 && (
                <span className="num text-fine">
                  {count}
                  <span className="sr-only"> open</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </div>
  ));
}

function Person({ person, signOut }: { person: { name: string; role: string }; signOut: ReactNode }) {
  return (
    <div className="mt-3 flex gap-2.5 border-t border-line px-2.5 pt-3">
      <span
        className="mt-1 grid size-7 shrink-0 place-items-center rounded-full bg-base-300 text-fine font-semibold"
        aria-hidden="true"
      >
        {initials(person.name)}
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{person.name}</p>
        <p className="truncate text-fine text-muted">{person.role}</p>
        {signOut && <div className="mt-1.5 text-fine">{signOut}</div>}
      </div>
    </div>
  );
}

/** The class of the button in the form that signs out. */
export const signOutClass = 'quiet cursor-pointer py-1';

/** `RD` of Rosa Delacroix-Whitfield, `RO` of rosa@example.com. */
export function initials(name: string): string {
  const words = name.split(/[\s@]+/).filter(Boolean);
  const [first = '', last = ''] = [words[0], name.includes('@') ? undefined : words.at(-1)];
  return (last && words.length > 1 ? `${first.charAt(0)}${last.charAt(0)}` : first.slice(0, 2)).toUpperCase();
}
