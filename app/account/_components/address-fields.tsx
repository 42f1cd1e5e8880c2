import { Field } from '@/components/ui/field';
import { SelectField } from '@/components/ui/select-field';
import type { PostalAddress } from '@/lib/core/postal-address';
import { US_STATES } from '@/lib/core/us-states';

const STATES = [
  { value: '', label: 'Choose' },
  ...Object.entries(US_STATES).map(([value, label]) => ({ value, label })),
];

/** The fields of a postal address, which the browser can fill in. */
export function AddressFields({ address }: { address: PostalAddress | null }) {
  return (
    <>
      <Field
        name="line1"
        label="Street and number"
        required
        maxLength={120}
        autoComplete="address-line1"
        defaultValue={address?.line1}
      />
      <Field
        name="line2"
        label="Apartment, suite or company (if any)"
        maxLength={120}
        autoComplete="address-line2"
        defaultValue={address?.line2}
      />
      <Field
        name="city"
        label="City"
        required
        maxLength={120}
        autoComplete="address-level2"
        defaultValue={address?.city}
      />
      <SelectField
        name="state"
        label="State"
        options={STATES}
        chosen={address?.state ?? ''}
        required
        autoComplete="address-level1"
      />
      <Field
        name="postalCode"
        label="ZIP code"
        required
        inputMode="numeric"
        pattern="\d{5}(-\d{4})?"
        title="Five digits, such as 97204"
        autoComplete="postal-code"
        defaultValue={address?.postalCode}
      />
    </>
  );
}
