import type { Metadata } from 'next';
import { SafeNote } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { settingsPage } from '@/lib/views/settings';
import { AddressFields } from '../../_components/address-fields';
import { RoomForm, SettingsRoom } from '../_components/settings-room';
import { addressAction } from '../actions';

export const metadata: Metadata = { title: 'Address' };

export default async function AddressPage() {
  const ctx = await pageContext(await requireCustomerPage('/account/settings/address'));
  const { shell, address, mayChangeAddress } = await settingsPage(ctx);
  return (
    <SettingsRoom
      shell={shell}
      title="Address"
      after={
        <SafeNote id="who" title="Who sees it">
          {shell.merchant.name} alone, to send your orders. Truemed is not given it. A subscription that goes somewhere
          else has an address of its own, on its page.
        </SafeNote>
      }
    >
      <h2 id="what" className="mb-6 text-title font-semibold">
        {mayChangeAddress ? 'Where are your orders sent?' : 'We change the address for you'}
      </h2>
      {mayChangeAddress ? (
        <RoomForm action={addressAction}>
          <AddressFields address={address} />
        </RoomForm>
      ) : (
        <p>Write to us, and we see to it.</p>
      )}
    </SettingsRoom>
  );
}
