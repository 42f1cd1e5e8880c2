import type { Metadata } from 'next';
import { Actions, LinkButton } from '@/components/ui/button';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { settingsPage } from '@/lib/views/settings';
import { SETTINGS, SettingsRoom } from '../_components/settings-room';

export const metadata: Metadata = { title: 'Download my data' };

export default async function DataPage() {
  const ctx = await pageContext(await requireCustomerPage('/account/settings/data'));
  const { shell } = await settingsPage(ctx);
  return (
    <SettingsRoom shell={shell} title="Download my data">
      <h2 id="what" className="text-answer font-semibold">
        All that {shell.merchant.name} holds about you
      </h2>
      <p className="mt-3">
        One file (JSON) with your account, your subscriptions, every order with its charges and refunds, the mail we
        wrote to you, and what was changed when. Your card number and your survey answers are not in it: Truemed has
        them, and we never see them.
      </p>
      <Actions>
        <LinkButton href="/account/settings/data/file" download="my-data.json" wide>
          Download my data
        </LinkButton>
        <LinkButton href={SETTINGS.href} kind="bare" wide>
          Back to settings
        </LinkButton>
      </Actions>
    </SettingsRoom>
  );
}
