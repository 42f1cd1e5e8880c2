import { orNotFound } from '@/app/_page/own';
import { pageContext, requireStaffPage } from '@/lib/auth/principal';
import type { Context } from '@/lib/context';

/** Reads a view for the member of staff who asks. Answers 404 to everybody else, and where the thing does not exist. */
export async function openForStaff<T>(view: (ctx: Context) => Promise<T>): Promise<T> {
  const ctx = await pageContext(await requireStaffPage());
  return orNotFound(view(ctx));
}
