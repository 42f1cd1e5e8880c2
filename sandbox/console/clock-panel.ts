import { html, type Markup } from '../markup';
import type { World } from '../world';

/** The sandbox's time and the steps that are taken most. */
export function clockPanel(world: World): Markup {
  const iso = world.clock.nowIso();
  return html`<div class="well wellspan headrow" aria-label="Clock" role="group"><div data-live="clock"><p class="fine muted">The time here</p>
<p class="now"><time datetime="${iso}">${longDay(iso)}, ${iso.slice(11, 16)} UTC</time></p><p class="fine muted">${paceOf(world)}</p></div>
<form class="buttons" method="post" action="/console/clock">
<button class="btn" name="unit" value="hours">+1 hour</button>
<button class="btn" name="unit" value="days">+1 day</button>
<button class="btn" name="unit" value="months">+1 month</button>
</form></div>
`;
}

/** How the time passes, in words. */
export function paceOf({ clock }: World): string {
  const { state } = clock;
  if (state.mode === 'accelerated') return `Runs ${state.rate} times as fast as time does`;
  return state.mode === 'manual' ? 'Stands still until it is moved' : 'Ticking';
}

function longDay(iso: string): string {
  return new Date(iso).toLocaleDateString('en-US', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}
