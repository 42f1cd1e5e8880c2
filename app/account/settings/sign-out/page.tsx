import type { Metadata } from 'next';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { settingsPage } from '@/lib/views/settings';
import { RoomForm, SettingsRoom } from '../_components/settings-room';
import { signOutEverywhereAction } from '../actions';

export const metadata: Metadata = { title: 'Sign out everywhere' };

export default async function SignOutPage() {
  const ctx = await pageContext(await requireCustomerPage('/account/settings/sign-out'));
  const { shell, email } = await settingsPage(ctx);
  return (
    <SettingsRoom shell={shell} title="Sign out everywhere">
      <h2 id="what" className="text-answer font-semibold">
        Sign out on every device?
      </h2>
      <p className="mt-3">
        Every phone and computer that is signed in as <span className="break-words">{email}</span> is signed out, this
        one too, and sign-in links that are not used yet stop working. Your subscriptions and your card stay as they
        are.
      </p>
      <RoomForm action={signOutEverywhereAction} verb="Sign out everywhere" busy="Signing out" keep="Stay signed in" />
    </SettingsRoom>
  );
}
