import nodemailer from 'nodemailer';

/** A mail that is ready to go. */
export interface MailMessage {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Outgoing mail over SMTP. */
export interface Mailer {
  /** Hands one mail to the server. `messageId` is kept by it, so a mail that is sent twice can be told. Throws when it was not taken. */
  send(message: MailMessage, messageId: string): Promise<void>;
  close(): void;
}

/** Opens the transport of SMTP_URL; connections are made on first use and kept. */
export function openMailer(smtpUrl: string, from: string): Mailer {
  const transport = nodemailer.createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 2,
    connectionTimeout: 10_000,
    socketTimeout: 20_000,
  });
  const domain = from.match(/@([^>\s]+)/)?.[1] ?? 'perennial';
  return {
    send: async (message, messageId) => {
      await transport.sendMail({ ...message, from, messageId: `<${messageId}@${domain}>` });
    },
    close: () => transport.close(),
  };
}
