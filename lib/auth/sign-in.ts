import { headers } from 'next/headers';
import { after } from 'next/server';
import { type RateLimit, withinRateLimit } from '@/lib/rate-limit';
import { webRuntime } from '@/lib/runtime';
import { requestSignIn } from '@/lib/services/request-sign-in';
import { requestNetwork } from './network';

const PER_ADDRESS: RateLimit = { hits: 5, windowSeconds: 15 * 60 };
const PER_NETWORK: RateLimit = { hits: 20, windowSeconds: 15 * 60 };

/**
 * Asks for a sign-in link. Known and unknown addresses take the same way to the answer: counted, accepted or refused; who
 * they are is looked up when the answer is out. Limits and keys hold neither addresses nor networks in clear.
 */
export async function askForSignInLink(email: string, returnTo: string | null): Promise<'accepted' | 'too_many'> {
  const runtime = webRuntime();
  const { db, env, log, vault } = runtime;
  const network = vault.lookup(requestNetwork(await headers(), env.appUrl));
  if (!(await withinRateLimit(db, `sign-in:network:${network}`, PER_NETWORK))) return 'too_many';
  if (!(await withinRateLimit(db, `sign-in:address:${vault.lookup(email)}`, PER_ADDRESS))) return 'too_many';
  after(async () => {
    try {
      const outcome = await requestSignIn(runtime, { email, returnTo });
      log.info({ event: 'sign_in.requested', outcome });
    } catch (error) {
      log.error({ event: 'sign_in.not_sent', error });
    }
  });
  return 'accepted';
}
