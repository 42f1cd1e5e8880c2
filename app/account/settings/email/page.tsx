import type { Metadata } from 'next';
import { Timestamp } from '@/components/ui/date-text';
import { Field } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { QuietLink } from '@/components/ui/page-heading';
import { SafeNote } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { emailPage } from '@/lib/views/settings';
import { RoomForm, SettingsRoom } from '../_components/settings-room';
import { emailAction } from '../actions';

export const metadata: Metadata = { title: 'E-mail address' };

export default async function EmailPage() {
  const ctx = await pageContext(await requireCustomerPage('/account/settings/email'));
  const { shell, email, waiting } = await emailPage(ctx);
  return (
    <SettingsRoom
      shell={shell}
      title="E-mail address"
      after={
        <SafeNote id="truemed" title="What it means for your card at Truemed">
          Truemed knows your card and your letter by the address that you gave there, and may go on writing to it. They
          stay connected to your account here, and your charges go on as before. If you connect a card anew, Truemed is
          given the new address.
        </SafeNote>
      }
    >
      {waiting !== null && (
        <div className="mb-6">
          <Notice kind="wait" announce>
            We have written to {email} and to <span className="break-words">{waiting.newEmail}</span>. The address
            changes once both have confirmed, until{' '}
            <Timestamp at={waiting.until} now={waiting.now} timeZone={waiting.timeZone} form="full" />. Until then
            nothing changes. <QuietLink href="/account/settings/email/withdraw">Do not change it</QuietLink>
          </Notice>
        </div>
      )}
      <h2 id="what" className="text-title font-semibold">
        {waiting === null ? 'Which address instead?' : 'Another address instead?'}
      </h2>
      <p className="mt-3 mb-6">
        It is <span className="break-words font-medium">{email}</span> now. We ask both addresses, with a link that
        works once, for 24 hours. When both have confirmed, you are signed out everywhere and sign in with the new one.
      </p>
      <RoomForm action={emailAction} verb="Ask both addresses" busy="Writing to both">
        <Field name="newEmail" type="email" label="New e-mail address" required maxLength={254} autoComplete="email" />
      </RoomForm>
    </SettingsRoom>
  );
}
