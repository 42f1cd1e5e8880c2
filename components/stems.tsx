/** Stems as of a field: the only picture in the product (sign-in, empty states). Fills its box from the bottom, so a box that is wider than the drawing (1280 by 260, or 620 by 130) cuts its tips; drawn by globals.css. */
export function Stems({ size = 'wide' }: { size?: 'wide' | 'short' }) {
  return <div aria-hidden="true" className={size === 'wide' ? 'stems stems-wide' : 'stems stems-short'} />;
}
