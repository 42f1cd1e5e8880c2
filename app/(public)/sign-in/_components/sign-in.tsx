'use client';

import { useActionState } from 'react';
import { FormColumn } from '@/components/public-shell';
import { Field } from '@/components/ui/field';
import { Icon } from '@/components/ui/icon';
import { Notice } from '@/components/ui/notice';
import { SubmitButton } from '@/components/ui/submit-button';
import { signInAction } from '../actions';
import type { SignInState } from '../sign-in-state';
import { LinkSent } from './link-sent';

/** Asks for the address, then says where to look. Works before scripts load: the form's answer is the same page. */
export function SignIn({ callbackUrl, linkError }: { callbackUrl: string | null; linkError: string | null }) {
  const [state, action] = useActionState<SignInState, FormData>(signInAction, { kind: 'idle' });
  const returnField = callbackUrl !== null && <input type="hidden" name="callbackUrl" value={callbackUrl} />;
  if (state.kind === 'sent') return <LinkSent {...state} action={action} returnField={returnField} />;
  const notice = noticeOf(state) ?? (state.kind === 'idle' ? linkError : null);
  return (
    <FormColumn title="Sign in" lead="See when you are charged next, and whether your HSA/FSA card is connected.">
      {notice !== null && (
        <div className="mt-6">
          <Notice kind="partial" announce>
            {notice}
          </Notice>
        </div>
      )}
      <form className="mt-8" action={action}>
        <Field
          name="email"
          label="Email"
          type="email"
          autoComplete="email"
          required
          maxLength={254}
          defaultValue={'email' in state ? state.email : ''}
          error={state.kind === 'no_address' ? 'Write the whole address, such as name@example.com.' : undefined}
          hint="The address you order with."
        />
        {returnField}
        <SubmitButton busy="Sending" className="mt-5 w-full">
          Email me a sign-in link
        </SubmitButton>
        <p className="mt-5 flex gap-2.5 text-small text-muted">
          <span className="mt-px shrink-0">
            <Icon name="shield-check" size={4.5} />
          </span>
          The link works once, for 15 minutes. There is no password to remember or to lose.
        </p>
      </form>
    </FormColumn>
  );
}

function noticeOf(state: SignInState): string | null {
  switch (state.kind) {
    case 'too_many':
      return 'Too many links were asked for. Wait 15 minutes, then try once more. A link that you have works for 15 minutes.';
    case 'refused':
      return state.message;
    case 'failed':
      return `${state.message} Reference ${state.reference}.`;
    default:
      return null;
  }
}
