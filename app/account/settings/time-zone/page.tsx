import type { Metadata } from 'next';
import { Actions, Button, LinkButton } from '@/components/ui/button';
import { ChoiceList } from '@/components/ui/choice-list';
import { SafeNote } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { clockTime, longDate } from '@/lib/core/date-words';
import { OFFERED_ZONES, zoneLabel } from '@/lib/core/zone-change';
import { type ZoneEffect, zonePage } from '@/lib/views/settings';
import { SettingsForm } from '../_components/settings-form';
import { SETTINGS, SettingsRoom } from '../_components/settings-room';
import { timeZoneAction } from '../actions';

export const metadata: Metadata = { title: 'Time zone' };

interface TimeZonePageProps {
  searchParams: Promise<{ zone?: string | string[] }>;
}

/** The time zone: which one, then what it does to each charge, then the deed. */
export default async function TimeZonePage({ searchParams }: TimeZonePageProps) {
  const { zone } = await searchParams;
  const ctx = await pageContext(await requireCustomerPage('/account/settings/time-zone'));
  const page = await zonePage(ctx, { wanted: typeof zone === 'string' ? zone : null });
  const isPreview = page.wanted !== null && page.effects.length > 0;
  return (
    <SettingsRoom
      shell={page.shell}
      title="Time zone"
      after={
        <SafeNote id="safe" title="Your days stay">
          A charge keeps its date. Only the hour at which it is made follows your time zone.
        </SafeNote>
      }
    >
      {isPreview && page.wanted !== null ? (
        <Preview wanted={page.wanted} effects={page.effects} />
      ) : (
        <Chooser timeZones={page.timeZones} />
      )}
    </SettingsRoom>
  );
}

const keep = (
  <LinkButton href={SETTINGS.href} kind="bare" wide>
    Keep it as it is
  </LinkButton>
);

function Chooser({ timeZones }: { timeZones: readonly string[] }) {
  const [first] = timeZones;
  const choices = OFFERED_ZONES.map(({ zone, label }) => ({ value: zone, label }));
  return (
    <form method="get">
      <h2 id="what" className="mb-6 text-title font-semibold">
        Where do you live?
      </h2>
      <ChoiceList
        name="zone"
        legend={
          first === undefined ? 'No subscription has a time zone now' : `${timeZones.map(zoneLabel).join('; ')} now`
        }
        choices={choices}
        {...(first === undefined ? {} : { chosen: first })}
      />
      <Actions>
        <Button type="submit" wide>
          Continue
        </Button>
        {keep}
      </Actions>
    </form>
  );
}

function Preview({ wanted, effects }: { wanted: string; effects: readonly ZoneEffect[] }) {
  return (
    <>
      <p className="mb-1.5 text-small font-medium text-muted">Preview. Nothing is changed yet.</p>
      <h2 id="what" className="text-answer font-semibold">
        Change to {zoneLabel(wanted)}?
      </h2>
      <ul className="mt-6 border-t border-line">
        {effects.map((effect) => (
          <li key={effect.id} className="border-b border-line py-4">
            <p className="font-medium">{effect.name}</p>
            <p className="mt-1 text-small text-muted">{effectInWords(effect, wanted)}</p>
          </li>
        ))}
      </ul>
      <div className="mt-1">
        <SettingsForm action={timeZoneAction} verb="Change the time zone" busy="Changing" wayOut={keep}>
          <input type="hidden" name="timeZone" value={wanted} />
        </SettingsForm>
      </div>
    </>
  );
}

function effectInWords({ chargeOn, today, before, after }: ZoneEffect, wanted: string): string {
  if (chargeOn === null || before === null || after === null) return 'We do not charge this one now. Its days stay.';
  return `Your charge of ${longDate(chargeOn, today)} is made at ${clockTime(after, wanted)} your time, in place of ${clockTime(before, wanted)}.`;
}
