import { Chip, type Tone } from '@/components/ui/chip';
import type { IconName } from '@/components/ui/icon-shapes';

/** A status of the staff's rooms: icon, word and color. `bare` in tables. */
export function LookChip({
  look,
  bare = false,
}: {
  look: { word: string; tone: Tone; icon: IconName };
  bare?: boolean;
}) {
  return (
    <Chip tone={look.tone} icon={look.icon} bare={bare}>
      {look.word}
    </Chip>
  );
}
