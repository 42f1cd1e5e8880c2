import { formatCents } from '@/lib/core/money';

/** An amount: `$2,184.50`. The only way money is shown. Kept on one line; in columns its digits stand under each other. */
export function Money({ cents, column = false }: { cents: number; column?: boolean }) {
  return <span className={column ? 'num whitespace-nowrap' : 'whitespace-nowrap'}>{shown(cents)}</span>;
}

// A minus sign in place of the hyphen: as wide as a digit, and read out as what it is.
const shown = (cents: number) => formatCents(cents).replace('-', '\u2212');
