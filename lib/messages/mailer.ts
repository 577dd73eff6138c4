import 'server-only';
import { createTransport } from 'nodemailer';
import { z } from 'zod';

/** One e-mail to one user. */
export interface Mail {
  /** The same whenever the same message is sent again, so that a mailbox can drop the second copy. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Why a message was not taken: the mail server could not be used at all, or it refuses this recipient or message for good. */
export class MailError extends Error {
  constructor(
    readonly kind: 'unavailable' | 'refused',
    message: string,
  ) {
    super(message);
  }
}

/** What takes e-mail to users. */
export interface Mailer {
  /** Sends one message. Throws a `MailError` when it was not taken; its words name no address and no secret. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

interface SmtpOptions {
  readonly url: string;
  readonly from: string;
  readonly timeoutMs: number;
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Mail by SMTP. The connection is encrypted, from the start with `smtps:` and else by STARTTLS, but on this machine. */
export function createSmtpMailer({ url, from, timeoutMs }: SmtpOptions): Mailer {
  const isLocal = LOOPBACK.has(new URL(url).hostname);
  const transport = createTransport(
    {
      url,
      requireTLS: !isLocal && url.startsWith('smtp:'),
      ignoreTLS: isLocal && url.startsWith('smtp:'),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  return {
    send: async ({ id, to, subject, text, html, headers }) => {
      try {
        await transport.sendMail({
          // As an object, so that nothing in an address is read as a second one.
          to: { name: '', address: to },
          messageId: `<${id}>`,
          subject: subject.replace(/\s+/g, ' '),
          text,
          html,
          headers: { ...headers },
        });
      } catch (error) {
        throw toMailError(error);
      }
    },
    close: () => transport.close(),
  };
}

/** Commands whose refusal is about one message, and not about us. */
const OF_MESSAGE: ReadonlySet<string> = new Set(['RCPT TO', 'DATA']);

/** Nothing of the original error is kept: it may name an address, or who signs in at the mail server. */
function toMailError(error: unknown): MailError {
  const { responseCode, command, code } = whatFailed(error);
  const isRefused = responseCode !== null && responseCode >= 500 && OF_MESSAGE.has(command);
  const why = responseCode === null ? code : `status ${responseCode}`;
  return isRefused
    ? new MailError('refused', `the mail server refused the message: ${why}`)
    : new MailError('unavailable', `the mail server could not be used: ${why}`);
}

const smtpError = z.object({
  responseCode: z.number().nullable().catch(null),
  command: z.string().catch(''),
  code: z.string().catch('no answer'),
});

/** What a mail server answered, and to what, as far as the library says. */
function whatFailed(error: unknown): z.infer<typeof smtpError> {
  return smtpError.catch({ responseCode: null, command: '', code: 'no answer' }).parse(error);
}
