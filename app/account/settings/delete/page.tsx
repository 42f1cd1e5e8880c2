import type { Metadata } from 'next';
import { ChoiceList } from '@/components/ui/choice-list';
import { Field } from '@/components/ui/field';
import { SafeNote } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { longDate } from '@/lib/core/date-words';
import { formatCents } from '@/lib/core/money';
import { type DeletionPreview, deletionPreview } from '@/lib/views/settings';
import { RoomForm, SettingsRoom } from '../_components/settings-room';
import { deleteAccountAction } from '../actions';

export const metadata: Metadata = { title: 'Delete my account' };

/** What a deletion does, and the deletion. */
export default async function DeletePage() {
  const ctx = await pageContext(await requireCustomerPage('/account/settings/delete'));
  const page = await deletionPreview(ctx);
  const { shell, email, canceled, hasCard } = page;
  return (
    <SettingsRoom
      shell={shell}
      title="Delete my account"
      after={
        <SafeNote id="kept" title="What is kept, and why">
          Tax law asks us to keep orders, payments and refunds, with what was sent to Truemed for them, encrypted. They
          no longer stand under your name. You cannot open them here afterwards, so download your data or your receipts
          first. Your e-mail address can be used again: if you come back with it, you begin anew.
        </SafeNote>
      }
    >
      <p className="mb-1.5 text-small font-medium text-muted">Nothing is deleted yet.</p>
      <h2 id="what" className="text-answer font-semibold">
        Delete your account?
      </h2>
      <p className="mt-3">
        This cannot be taken back. Your name, your e-mail address and your postal address are erased, you are signed out
        on every device, and we never charge you again. An order that is on its way to Truemed at this moment is still
        settled.
      </p>
      {canceled.length > 0 && <Canceled canceled={canceled} />}
      <div className="mt-6">
        <RoomForm action={deleteAccountAction} verb="Delete my account" busy="Deleting" keep="Keep my account">
          <input type="hidden" name="subscriptionIds" value={canceled.map(({ id }) => id).join(',')} />
          {hasCard ? (
            <ChoiceList
              name="token"
              legend="Your card and your letter at Truemed"
              chosen="keep"
              choices={[
                { value: 'keep', label: 'Leave them with Truemed. We never use them again' },
                { value: 'delete', label: 'Ask Truemed to delete them for this shop' },
              ]}
            />
          ) : (
            <input type="hidden" name="token" value="keep" />
          )}
          <Field
            name="email"
            type="email"
            label="Your e-mail address, to be sure"
            required
            autoComplete="off"
            hint={`Type ${email}`}
          />
        </RoomForm>
      </div>
    </SettingsRoom>
  );
}

function Canceled({ canceled }: Pick<DeletionPreview, 'canceled'>) {
  return (
    <ul className="mt-6 border-t border-line" aria-label="What is canceled">
      {canceled.map(({ id, name, totalCents, nextChargeOn, today, isOurs }) => (
        <li key={id} className="border-b border-line py-4">
          <p className="font-medium">{name} is canceled</p>
          <p className="mt-1 text-small text-muted">
            {isOurs
              ? nextChargeOn === null
                ? 'Nothing more is charged.'
                : `You are not charged ${formatCents(totalCents)} on ${longDate(nextChargeOn, today)}, nor later.`
              : 'Our former payment company bills this one. It ends here, and the shop is told; write to us if it is charged again.'}
          </p>
        </li>
      ))}
    </ul>
  );
}
