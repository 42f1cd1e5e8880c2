import type { Mailer } from '@/lib/mail/transport';
import { InjectedFailure } from './database';
import type { Faults } from './faults';
import type { Actor, Scheduler } from './scheduler';

/** What a mailer needs to know of the run. */
export interface MailSurroundings {
  scheduler: Scheduler;
  faults: Faults;
  mails: Map<string, number>;
  isMailServerDown: boolean;
  broken(invariant: string, detail: string): void;
}

/** A mail server that counts what it takes, and is down when the seed says so. */
export function openMailer(actor: Actor, around: MailSurroundings): Mailer {
  return {
    send: (_message, messageId) => {
      if (actor.isInTransaction) around.broken('8', `mail ${messageId} inside a transaction`);
      const { scheduler, faults, mails } = around;
      const run = async () => {
        if (around.isMailServerDown) {
          faults.count('F36');
          throw new InjectedFailure('ECONNREFUSED');
        }
        const fault = faults.ofMail(actor);
        if (fault === 'die before') return die(faults, scheduler, actor, 'before mail');
        if (fault === 'lost before') throw new InjectedFailure('ECONNRESET');
        mails.set(messageId, (mails.get(messageId) ?? 0) + 1);
        if (fault === 'die after') return die(faults, scheduler, actor, 'after mail');
        if (fault === 'lost after') throw new InjectedFailure('ETIMEDOUT');
      };
      // A mail from inside a transaction must be seen, not wait for the end of that transaction.
      return actor.isInTransaction ? run() : scheduler.operate(actor, 'mail', run);
    },
    close: () => {},
  };
}

function die(faults: Faults, scheduler: Scheduler, actor: Actor, point: string): void {
  faults.died(actor, point);
  scheduler.kill(actor);
}
