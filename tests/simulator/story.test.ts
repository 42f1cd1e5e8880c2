import { describe, expect, it } from 'vitest';
import { CRASH_POINTS } from './crash-points';
import { drawStory, THEMES } from './story';

describe('the stories of the simulator', () => {
  it('are the same for the same seed', () => {
    expect(drawStory(17)).toEqual(drawStory(17));
  });

  it('take each theme in turn', () => {
    for (const first of [10, 60, 310]) {
      const own = new Set(Array.from({ length: THEMES.length }, (_, index) => [...drawStory(first + index).themes][0]));
      expect(own).toEqual(new Set(THEMES));
    }
  });

  it('aim at each crash point equally often, with the theme in which it is reached', () => {
    const stories = Array.from({ length: 10 * CRASH_POINTS.length }, (_, index) => drawStory(index + 1));
    for (const aim of CRASH_POINTS) {
      const aimed = stories.filter((story) => story.aim.point === aim.point);
      expect(aimed).toHaveLength(10);
      if (aim.theme !== null)
        expect(aimed.every(({ themes }) => aim.theme !== null && themes.has(aim.theme))).toBe(true);
    }
  });

  it('let deliveries arrive where they are about webhooks', () => {
    const stories = Array.from({ length: 300 }, (_, index) => drawStory(index + 1));
    expect(stories.filter(({ themes, mode }) => themes.has('webhooks') && mode === 'lossy')).toEqual([]);
  });
});
