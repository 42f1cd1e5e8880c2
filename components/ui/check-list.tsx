import type { ReactNode } from 'react';

/** Any of several, as check boxes in rows between hairlines; one that is not to be changed stays as it is. */
export function CheckList({
  legend,
  items,
  isFixed = false,
}: {
  legend: string;
  items: readonly { name: string; label: string; detail?: ReactNode; checked: boolean }[];
  isFixed?: boolean;
}) {
  return (
    <fieldset disabled={isFixed}>
      <legend className="text-small font-semibold">{legend}</legend>
      <div className="mt-2 border-t border-line">
        {items.map(({ name, label, detail, checked }) => (
          <label
            key={name}
            className={`flex min-h-11 items-start gap-3 border-b border-line py-2.5 ${isFixed ? '' : 'cursor-pointer hover:bg-base-200'}`}
          >
            <input
              type="checkbox"
              name={name}
              value="on"
              defaultChecked={checked}
              className="mt-1 size-4.5 shrink-0 accent-primary"
            />
            <span>
              {label}
              {detail && <span className="block text-dense text-muted">{detail}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
