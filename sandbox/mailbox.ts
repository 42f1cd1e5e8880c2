import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { newUuid } from './ids';
import type { Mail } from './records';
import type { Store } from './store';
import type { World } from './world';

const MAX_MESSAGE_BYTES = 5 * 1_048_576;
/** How long a client that keeps its connection open may hold up the end. */
const CLOSE_TIMEOUT_MS = 200;

type MailboxParts = Pick<World, 'store' | 'clock' | 'switches'>;

/** A mail server that takes everything for everybody, without a password and without encryption, and delivers nothing. */
export function createMailbox(ready: Promise<MailboxParts>): SMTPServer {
  const mailbox = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: MAX_MESSAGE_BYTES,
    closeTimeout: CLOSE_TIMEOUT_MS,
    logger: false,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', callback);
      stream.on('end', () => {
        if (stream.sizeExceeded) return callback(new Error('The message is too large.'));
        keepMail(ready, Buffer.concat(chunks), session).then(callback, callback);
      });
    },
  });
  // A client that breaks off ends its own connection and nothing else; a port that is taken is for `listen` to tell.
  mailbox.on('error', () => {});
  return mailbox;
}

/** The messages to one address, or all of them, newest first. */
export function mailsTo(store: Store, address: string | null): Mail[] {
  const wanted = address?.toLowerCase();
  return store.mails
    .all()
    .filter((mail) => wanted === undefined || mail.to.includes(wanted))
    .reverse();
}

/** Resolves to the refusal that the sender is told, or to nothing where the message was kept. */
async function keepMail(
  ready: Promise<MailboxParts>,
  raw: Buffer,
  session: SMTPServerSession,
): Promise<Error | undefined> {
  const { store, clock, switches } = await ready;
  if (switches.values.mailboxDown) {
    return Object.assign(new Error('The mailbox is out of order. Try again later.'), { responseCode: 451 });
  }
  store.mails.put(await readMail(raw, session, clock.nowIso()));
  store.flush();
  return undefined;
}

async function readMail(raw: Buffer, session: SMTPServerSession, date: string): Promise<Mail> {
  const message = await PostalMime.parse(raw);
  const html = message.html ?? '';
  const text = message.text ?? '';
  return {
    id: newUuid(),
    from: message.from?.address ?? '',
    to: session.envelope.rcptTo.map((recipient) => recipient.address.toLowerCase()),
    subject: message.subject ?? '',
    text,
    html,
    links: linksOf(text, html),
    date,
  };
}

function linksOf(text: string, html: string): string[] {
  const plain = text.match(/https?:\/\/[^\s<>"')\]]+/g) ?? [];
  const anchors = [...html.matchAll(/href\s*=\s*["'](https?:[^"']+)["']/gi)].map((match) =>
    (match[1] ?? '').replaceAll('&amp;', '&'),
  );
  return [...new Set([...anchors, ...plain])];
}
