import { signOutAction } from '@/app/(public)/sign-in/actions';
import { menuItemClass } from '@/components/customer-shell';

/** Ends the session; the button is a row of the account menu. */
export function SignOutForm() {
  return (
    <form action={signOutAction}>
      <button type="submit" className={menuItemClass}>
        Sign out
      </button>
    </form>
  );
}
