/** Stems as of a field: the only picture in the product (sign-in, empty states). Fills its box from the bottom; drawn by globals.css. */
export function Stems({ size = 'wide' }: { size?: 'wide' | 'short' }) {
  return <div aria-hidden="true" className={size === 'wide' ? 'stems stems-wide' : 'stems stems-short'} />;
}
