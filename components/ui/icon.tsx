import { ICON_SHAPES, type IconName } from './icon-shapes';

const SIZES = { 3.5: 'size-3.5', 4: 'size-4', 4.5: 'size-4.5', 5: 'size-5' } as const;

/** An icon beside words, hidden from screen readers: the words say it. `size` in steps of 4 px. */
export function Icon({
  name,
  size = 4,
  turned = false,
}: {
  name: IconName;
  size?: keyof typeof SIZES;
  turned?: boolean;
}) {
  return (
    <svg
      className={turned ? `${SIZES[size]} rotate-180` : SIZES[size]}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={ICON_SHAPES[name]} />
    </svg>
  );
}
