import { DateText, MonthText } from '@/components/ui/date-text';
import { Notice } from '@/components/ui/notice';
import { Section } from '@/components/ui/page-heading';
import { localDateAt } from '@/lib/core/calendar';
import type { KnownToken, StaffProvisionRequest } from '@/lib/views/admin-provisioning';
import type { Reader } from '../_words/tasks';
import { linkTokenAction } from '../actions';
import { StaffForm } from './staff-form';

/** What Truemed lists for the customer's e-mail, masked: a person compares, then links one. */
export function KnownTokens({
  known,
  request,
  reader,
}: {
  known: KnownToken[] | 'no_answer';
  request: StaffProvisionRequest;
  reader: Reader;
}) {
  return (
    <Section id="known" title="What Truemed has">
      {known === 'no_answer' ? (
        <Notice kind="wait">
          Truemed did not list its tokens. Load the page again in a minute; nothing is changed.
        </Notice>
      ) : known.length === 0 ? (
        <p className="text-muted">Truemed lists no token for {request.customer.email}.</p>
      ) : (
        <>
          <p className="mb-3 max-w-[36rem] text-muted">
            Compare name, e-mail and card with what the customer tells you. Linking moves the subscription to this card;
            it is written into the audit log under your name.
          </p>
          <ul className="max-w-[40rem] border-t border-line">
            {known.map((token) => (
              <TokenRow key={token.lookup} token={token} request={request} reader={reader} />
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

function TokenRow({ token, request, reader }: { token: KnownToken; request: StaffProvisionRequest; reader: Reader }) {
  const today = localDateAt(reader.now, reader.timeZone);
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-8 gap-y-3 border-b border-line py-4">
      <div className="min-w-0 break-words">
        <p className="font-medium">{token.name ?? 'No name'}</p>
        <p className="text-muted">{token.email ?? 'No e-mail'}</p>
        {token.cards.map(({ last4, expires, brand, isHsaFsa }) => (
          <p key={`${last4}${expires}`} className="num mt-1">
            {isHsaFsa ? 'HSA/FSA card' : (brand ?? 'Card')} {last4 === null ? 'without digits' : `ending ${last4}`}
            {expires !== null && (
              <>
                , until <MonthText month={expires} />
              </>
            )}
          </p>
        ))}
        {token.letterExpiresOn !== null && (
          <p className="text-muted">
            Letter until <DateText date={token.letterExpiresOn} today={today} year="always" />
          </p>
        )}
      </div>
      {token.belongsTo === 'another_customer' ? (
        <p className="max-w-60 text-muted">Belongs to another customer of ours, so it cannot be linked.</p>
      ) : (
        <StaffForm
          action={linkTokenAction}
          fields={{ requestId: request.id, email: request.customer.email, tokenLookup: token.lookup }}
          verb="Link this card"
          busy="Linking"
        />
      )}
    </li>
  );
}
