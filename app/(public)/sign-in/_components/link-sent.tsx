import type { ReactNode } from 'react';
import { FormColumn } from '@/components/public-shell';
import { LinkButton } from '@/components/ui/button';
import { SubmitButton } from '@/components/ui/submit-button';

interface LinkSentProps {
  email: string;
  isAgain: boolean;
  action: (form: FormData) => void;
  returnField: ReactNode;
}

/** The same words for every address: whether it is known stands in no answer of ours. */
export function LinkSent({ email, isAgain, action, returnField }: LinkSentProps) {
  return (
    <FormColumn title="Look in your mail">
      <div role="status">
        <p className="mt-4">
          If <strong className="font-semibold break-words">{email}</strong> orders from us, {isAgain ? 'another' : 'a'}{' '}
          sign-in link is on its way. It works once, for 15 minutes.
        </p>
      </div>
      <p className="mt-4 text-muted">Nothing there? Look in the spam folder, or check the address for a slip.</p>
      <form className="mt-8 flex flex-wrap gap-2" action={action}>
        <input type="hidden" name="email" value={email} />
        <input type="hidden" name="again" value="yes" />
        {returnField}
        <SubmitButton kind="edge" wide busy="Sending">
          Send another link
        </SubmitButton>
        <LinkButton kind="bare" wide href="/sign-in">
          Use another address
        </LinkButton>
      </form>
    </FormColumn>
  );
}
