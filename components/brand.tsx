/** The mark of Perennial: a stem with two leaves. */
export function BrandMark({ size = 'size-6' }: { size?: 'size-6' | 'size-7' }) {
  return (
    <svg className={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path d="M12 21.5V10" className="stroke-primary" strokeWidth="1.9" strokeLinecap="round" />
      <path d="M12 12.2C12 7.4 8.6 4.4 3.6 4.2 3.6 9.2 7 12.2 12 12.2Z" className="fill-primary" />
      <path d="M12 17.4c0-4.4 3.1-7.2 8.4-7.4 0 4.6-3.4 7.4-8.4 7.4Z" className="fill-primary" opacity=".62" />
    </svg>
  );
}

/** Mark and name, for staff pages. */
export function Brand() {
  return (
    <>
      <BrandMark />
      <span className="text-small font-bold tracking-[-0.01em]">Perennial</span>
    </>
  );
}
