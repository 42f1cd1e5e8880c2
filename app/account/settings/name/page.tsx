import type { Metadata } from 'next';
import { Field } from '@/components/ui/field';
import { SelectField } from '@/components/ui/select-field';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { MAX_LENGTH } from '@/lib/core/subscriber-row';
import { US_STATES } from '@/lib/core/us-states';
import { settingsPage } from '@/lib/views/settings';
import { RoomForm, SettingsRoom } from '../_components/settings-room';
import { profileAction } from '../actions';

export const metadata: Metadata = { title: 'Name and state' };

const STATES = [
  { value: '', label: 'I would rather not say' },
  ...Object.entries(US_STATES).map(([value, label]) => ({ value, label })),
];

export default async function NamePage() {
  const ctx = await pageContext(await requireCustomerPage('/account/settings/name'));
  const { shell, name, state } = await settingsPage(ctx);
  return (
    <SettingsRoom shell={shell} title="Name and state">
      <h2 id="what" className="mb-6 text-title font-semibold">
        Who are your orders for?
      </h2>
      <RoomForm action={profileAction}>
        <Field
          name="name"
          label="Name"
          required
          maxLength={MAX_LENGTH}
          autoComplete="name"
          defaultValue={name}
          hint="It stands on your receipts, and is what Truemed is told."
        />
        <SelectField
          name="state"
          label="State where you live"
          options={STATES}
          chosen={state ?? ''}
          hint="It fills in one question of Truemed’s health survey. You can still change it there."
        />
      </RoomForm>
    </SettingsRoom>
  );
}
