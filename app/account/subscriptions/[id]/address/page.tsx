import type { Metadata } from 'next';
import { idFrom, orNotFound } from '@/app/_page/own';
import { LinkButton } from '@/components/ui/button';
import { PageHeading } from '@/components/ui/page-heading';
import { Sheet } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { addressInWords } from '@/lib/core/postal-address';
import { addressPage } from '@/lib/views/addresses';
import { AccountShell } from '../../../_components/account-shell';
import { AddressFields } from '../../../_components/address-fields';
import { SettingsForm } from '../../../settings/_components/settings-form';
import { ordinaryAddressAction, subscriptionAddressAction } from '../../../settings/actions';

export const metadata: Metadata = { title: 'Address' };

/** Where one subscription is sent: to the account's address, or to one of its own. */
export default async function SubscriptionAddressPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const subscriptionId = idFrom('subscription', id);
  const back = `/account/subscriptions/${subscriptionId}`;
  const ctx = await pageContext(await requireCustomerPage(`${back}/address`));
  const { shell, name, own, ofAccount, mayChange } = await orNotFound(addressPage(ctx, { subscriptionId }));
  const field = <input type="hidden" name="subscriptionId" value={subscriptionId} />;
  const keep = (
    <LinkButton href={back} kind="bare" wide>
      Keep it as it is
    </LinkButton>
  );
  return (
    <AccountShell shell={shell}>
      <PageHeading back={{ href: back, label: 'Subscription' }} title="Address" meta={name} />
      <div className="mt-7 space-y-6">
        <Sheet labelledBy="what">
          <h2 id="what" className="mb-6 text-title font-semibold">
            {mayChange ? 'Where is it sent?' : 'The address cannot be changed here now'}
          </h2>
          {mayChange ? (
            <SettingsForm action={subscriptionAddressAction} verb="Send it here" busy="Saving" wayOut={keep}>
              {field}
              <AddressFields address={own ?? ofAccount} />
            </SettingsForm>
          ) : (
            <p>Write to us, and we see to it. Nothing was changed.</p>
          )}
        </Sheet>
        {mayChange && own !== null && (
          <Sheet labelledBy="ordinary">
            <h2 id="ordinary" className="text-title font-semibold">
              Or to your own address again
            </h2>
            <p className="mt-3">
              {ofAccount === null
                ? 'Your account has no address yet, so we use the one that you gave when you ordered.'
                : addressInWords(ofAccount)}
            </p>
            <SettingsForm action={ordinaryAddressAction} verb="Use my own address" busy="Saving" wayOut={null}>
              {field}
            </SettingsForm>
          </Sheet>
        )}
      </div>
    </AccountShell>
  );
}
