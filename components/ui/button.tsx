import type { ComponentPropsWithoutRef, ReactNode } from 'react';
import { type ButtonLook, buttonClass } from './button-look';
import { Icon } from './icon';
import type { IconName } from './icon-shapes';

type ButtonProps = ButtonLook & ComponentPropsWithoutRef<'button'>;

/** A button. In a form that sends something use SubmitButton, which shows that it is busy. */
export function Button({ kind, size, wide, className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={buttonClass({ kind, size, wide, className })} {...rest} />;
}

type LinkButtonProps = ButtonLook & { href: string; icon?: IconName; children: ReactNode } & Omit<
    ComponentPropsWithoutRef<'a'>,
    'href' | 'children'
  >;

/** A link that looks like a button; `icon` stands behind the words (an arrow where it leaves the site). */
export function LinkButton({ kind, size, wide, className, icon, children, ...rest }: LinkButtonProps) {
  return (
    <a className={buttonClass({ kind, size, wide, className })} {...rest}>
      {children}
      {icon && <Icon name={icon} />}
    </a>
  );
}

/** The row of buttons under a text. On a phone the full-width ones stand under each other. */
export function Actions({ children, className = 'mt-7' }: { children: ReactNode; className?: string }) {
  return <div className={`${className} flex flex-wrap items-center gap-x-2 gap-y-3`}>{children}</div>;
}

/** Why an action is not offered: it is left out, and this line says why. */
export function NotPossible({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 text-dense text-muted">
      <span className="mt-0.5 shrink-0">
        <Icon name="ban" />
      </span>
      <span>{children}</span>
    </p>
  );
}
