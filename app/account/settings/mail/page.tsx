import type { Metadata } from 'next';
import { ChoiceList } from '@/components/ui/choice-list';
import { SafeNote } from '@/components/ui/sheet';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { NOTICE_LEADS } from '@/lib/core/notification-choices';
import { settingsPage } from '@/lib/views/settings';
import { LEAD_WORDS } from '../../_words/settings-words';
import { RoomForm, SettingsRoom } from '../_components/settings-room';
import { notificationsAction } from '../actions';

export const metadata: Metadata = { title: 'What we write to you' };

const LEADS = NOTICE_LEADS.toReversed().map((lead) => ({ value: String(lead), label: LEAD_WORDS[lead] }));

export default async function MailPage() {
  const ctx = await pageContext(await requireCustomerPage('/account/settings/mail'));
  const { shell, notifications } = await settingsPage(ctx);
  return (
    <SettingsRoom
      shell={shell}
      title="What we write to you"
      after={
        <SafeNote id="always" title="What always comes">
          Sign-in links, receipts and refunds, an order that could not be paid and its last reminder, a letter or a card
          that ends, and changes of your account. Orders half a year or more apart are announced a week before at the
          latest.
        </SafeNote>
      }
    >
      <h2 id="what" className="mb-6 text-title font-semibold">
        What would you like to hear about?
      </h2>
      <RoomForm action={notificationsAction}>
        <ChoiceList
          name="upcomingNoticeDays"
          legend="Your next charge"
          chosen={String(notifications.upcomingNoticeDays)}
          choices={LEADS}
        />
        <ChoiceList
          name="reminders"
          legend="Reminders while an order waits for you"
          chosen={notifications.wantsReminders ? 'yes' : 'no'}
          choices={[
            { value: 'yes', label: 'Remind me' },
            { value: 'no', label: 'Only write at first, and before the end' },
          ]}
        />
      </RoomForm>
    </SettingsRoom>
  );
}
