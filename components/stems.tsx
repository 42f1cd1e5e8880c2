type Point = readonly [number, number];
type Random = () => number;

interface StemsProps {
  width?: number;
  height?: number;
  count?: number;
  /** The same seed draws the same picture. */
  seed?: number;
}

/** Twelve stems, one for each month: the only picture in the product (sign-in, empty states). Fills its box from the bottom. */
export function Stems({ width = 1280, height = 260, count = 12, seed = 7 }: StemsProps) {
  const random = randomFrom(seed);
  const rows = [
    { color: 'text-band', stroke: 1.8, reach: 0.3, rise: 0.5, shift: width / count / 2 },
    { color: 'text-leaf', stroke: 2, reach: 0.34, rise: 0.46, shift: 0 },
  ];
  return (
    <svg
      className="size-full"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMidYMax slice"
      aria-hidden="true"
    >
      {rows.map(({ color, stroke, reach, rise, shift }) => (
        <g key={color} className={color}>
          {Array.from({ length: count }, (_, i) => {
            const season = Math.sin(((i + 0.5) / count) * Math.PI);
            const x = ((i + 0.5) / count) * width + (random() - 0.5) * 24 + shift;
            const tall = reach * height + season * height * rise + (random() - 0.5) * height * 0.12;
            const { stalk, leaves } = stem({ x, floor: height, tall, lean: (random() - 0.5) * 34, season, random });
            return (
              <g key={stalk}>
                <path d={stalk} fill="none" stroke="currentColor" strokeWidth={stroke} strokeLinecap="round" />
                <path d={leaves} fill="currentColor" />
              </g>
            );
          })}
        </g>
      ))}
    </svg>
  );
}

function stem({
  x,
  floor,
  tall,
  lean,
  season,
  random,
}: {
  x: number;
  floor: number;
  tall: number;
  lean: number;
  season: number;
  random: Random;
}) {
  const foot: Point = [x, floor + 4];
  const bend: Point = [x + lean * 0.1, floor - tall * 0.55];
  const tip: Point = [x + lean, floor - tall];
  const along = (t: number, k: 0 | 1) => (1 - t) ** 2 * foot[k] + 2 * (1 - t) * t * bend[k] + t * t * tip[k];
  const pairs = Math.max(3, Math.round((tall * 0.6) / 27));
  let leaves = '';
  for (let k = 0; k < pairs; k++) {
    const t = 0.3 + 0.66 * (k / pairs);
    const [px, py] = [along(t, 0), along(t, 1)];
    const size = (33 - 18 * (k / pairs)) * (0.88 + random() * 0.24) * (0.72 + 0.34 * season);
    const up = 0.62 + random() * 0.25;
    leaves += leaf(px, py, -up, size, size * 0.33) + leaf(px, py - 3, Math.PI + up, size * 0.94, -size * 0.33);
  }
  leaves += leaf(tip[0], tip[1] + 2, -Math.PI / 2 + lean / 140, 20, 6);
  return { stalk: `M${at(foot)}Q${at(bend)} ${at(tip)}`, leaves };
}

function leaf(x: number, y: number, angle: number, length: number, fat: number): string {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const p = (u: number, v: number) => at([x + u * c - v * s, y + u * s + v * c]);
  const back = fat * 0.55;
  return `M${p(0, 0)}C${p(length * 0.25, -fat)} ${p(length * 0.7, -fat)} ${p(length, 0)}C${p(length * 0.7, back)} ${p(length * 0.25, back)} ${p(0, 0)}Z`;
}

const at = ([x, y]: Point) => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;

function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
