import { once } from 'node:events';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail server on this machine that delivers nothing. */
export interface MailReceiver {
  /** Where it takes mail: `smtp://127.0.0.1:port`. */
  readonly url: string;
  close(): Promise<void>;
}

/** One message that a mail server was given. */
export interface CaughtMail extends Pick<ParsedMail, 'headers'> {
  readonly messageId: string | undefined;
  /** Who it is delivered to, by the envelope. */
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  /** What a page can show of it. */
  readonly html: string;
}

/** Starts a mail server, at any free port unless one is named; what `take` throws refuses the message. */
export async function startMailReceiver(
  take: (mail: CaughtMail) => Promise<void>,
  port = 0,
): Promise<MailReceiver> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, { envelope }, callback) => {
      simpleParser(stream)
        .then(({ subject = '', html, text = '', headers, messageId, from }) =>
          take({
            to: envelope.rcptTo.map(({ address }) => address).join(', '),
            from: from?.text ?? '',
            subject,
            text,
            html: typeof html === 'string' ? bodyOf(html) : '',
            headers,
            messageId,
          }),
        )
        .then(() => callback(), callback);
    },
  });
  const listening = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A whole HTML document without its head. */
function bodyOf(html: string): string {
  return html.replace(/^.*<body[^>]*>/s, '').replace(/<\/body>.*$/s, '');
}
