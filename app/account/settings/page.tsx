import type { Metadata } from 'next';
import { LinkRow, RowList } from '@/components/ui/list-rows';
import { Notice } from '@/components/ui/notice';
import { PageHeading, Section } from '@/components/ui/page-heading';
import { pageContext, requireCustomerPage } from '@/lib/auth/principal';
import { addressInWords } from '@/lib/core/postal-address';
import { US_STATES } from '@/lib/core/us-states';
import { zoneLabel } from '@/lib/core/zone-change';
import { type SettingsPage as Settings, settingsPage } from '@/lib/views/settings';
import { AccountShell } from '../_components/account-shell';
import { LEAD_WORDS, savedWords } from '../_words/settings-words';

export const metadata: Metadata = { title: 'Settings' };

/** Everything that a customer can set, each thing on a page of its own. */
export default async function SettingsPage({ searchParams }: { searchParams: Promise<{ saved?: string | string[] }> }) {
  const ctx = await pageContext(await requireCustomerPage('/account/settings'));
  const [page, { saved }] = await Promise.all([settingsPage(ctx), searchParams]);
  return (
    <AccountShell shell={page.shell} room="Settings">
      <PageHeading title="Settings" />
      {saved !== undefined && (
        <div className="mt-6">
          <Notice kind="done" announce>
            {savedWords(saved)}
          </Notice>
        </div>
      )}
      <Section id="you" title="You">
        <RowList>
          <LinkRow href="/account/settings/name" icon="user" title="Name and state" detail={nameOf(page)} />
          <LinkRow
            href="/account/settings/address"
            icon="house"
            title="Address"
            detail={page.address === null ? 'Where your orders are sent' : addressInWords(page.address)}
          />
          <LinkRow href="/account/settings/email" icon="mail" title="E-mail address" detail={emailOf(page)} />
          {page.timeZones.length > 0 && (
            <LinkRow
              href="/account/settings/time-zone"
              icon="clock"
              title="Time zone"
              detail={page.timeZones.map(zoneLabel).join('; ')}
            />
          )}
        </RowList>
      </Section>
      <Section id="mail" title="Mail and devices">
        <RowList>
          <LinkRow href="/account/settings/mail" icon="mail" title="What we write to you" detail={mailOf(page)} />
          <LinkRow
            href="/account/settings/sign-out"
            icon="shield-check"
            title="Sign out everywhere"
            detail="On every phone and computer"
          />
        </RowList>
      </Section>
      <Section id="data" title="Your data">
        <RowList>
          <LinkRow
            href="/account/settings/data"
            icon="download"
            title="Download my data"
            detail="Everything that we hold about you, in one file"
          />
          <LinkRow
            href="/account/settings/delete"
            icon="circle-x"
            title="Delete my account"
            detail="What is canceled and what is kept is shown first"
          />
        </RowList>
      </Section>
    </AccountShell>
  );
}

function emailOf({ email, waitingEmail }: Settings): string {
  return waitingEmail === null ? email : `${email}. Waits to become ${waitingEmail}, until both have confirmed`;
}

function nameOf({ name, state }: Settings): string {
  return state === null ? name : `${name}, ${US_STATES[state] ?? state}`;
}

function mailOf({ notifications: { wantsReminders, upcomingNoticeDays } }: Settings): string {
  const lead =
    upcomingNoticeDays === 0
      ? 'Charges not announced'
      : `Charges announced ${LEAD_WORDS[upcomingNoticeDays].toLowerCase()}`;
  return `${lead}, ${wantsReminders ? 'with reminders' : 'no reminders'}`;
}
