import type { Metadata } from 'next';
import { Actions, LinkButton } from '@/components/ui/button';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { emailPage } from '@/lib/views/settings';
import { RoomForm, SETTINGS, SettingsRoom } from '../../_components/settings-room';
import { withdrawEmailAction } from '../../actions';

export const metadata: Metadata = { title: 'Keep my e-mail address' };

/** A change of e-mail that is asked for is taken back. */
export default async function WithdrawEmailPage() {
  const ctx = await pageContext(await requireCustomerPage('/account/settings/email/withdraw'));
  const { shell, email, waiting } = await emailPage(ctx);
  const present = <span className="break-words font-medium">{email}</span>;
  return (
    <SettingsRoom shell={shell} title="E-mail address">
      {waiting === null ? (
        <>
          <h2 id="what" className="text-title font-semibold">
            No change is waiting
          </h2>
          <p className="mt-3">Your address is {present}.</p>
          <Actions>
            <LinkButton href={SETTINGS.href} kind="edge" wide>
              Open settings
            </LinkButton>
          </Actions>
        </>
      ) : (
        <>
          <h2 id="what" className="text-answer font-semibold">
            Keep your address?
          </h2>
          <p className="mt-3">
            It stays {present}, and is not changed to <span className="break-words">{waiting.newEmail}</span>. The links
            that we sent to both addresses stop working.
          </p>
          <RoomForm action={withdrawEmailAction} verb="Keep my address" busy="Keeping it" keep="Leave it waiting" />
        </>
      )}
    </SettingsRoom>
  );
}
