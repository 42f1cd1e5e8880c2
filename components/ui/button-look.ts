/** `primary` once a screen, `edge` for what is also possible, `bare` for the way out. */
export type ButtonKind = 'primary' | 'edge' | 'bare';

export interface ButtonLook {
  kind?: ButtonKind | undefined;
  /** 44 px for customers, 35 px for staff. */
  size?: 'customer' | 'staff' | undefined;
  /** Full width on a phone. */
  wide?: boolean | undefined;
  className?: string | undefined;
}

const KINDS = { primary: 'btn-primary', edge: 'btn-edge', bare: 'btn-bare' } as const;

/** The classes of a button, for what must be another element. */
export function buttonClass({ kind = 'primary', size = 'customer', wide = false, className }: ButtonLook): string {
  return ['btn', KINDS[kind], size === 'staff' && 'btn-sm', wide && 'max-sm:w-full', className]
    .filter(Boolean)
    .join(' ');
}
