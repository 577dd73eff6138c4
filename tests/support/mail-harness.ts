import { type CaughtMail, type MailReceiver, startMailReceiver } from '@/lib/local/mail-receiver';
import { createSmtpMailer } from '@/lib/messages/mailer';
import { type MessageResult, sendMessages } from '@/lib/messages/send';
import { CREDENTIALS_KEY } from './linked-user';
import type { TestStack } from './test-stack';

export const MAIL_APP_URL = 'https://portfolio.example';

/** A product that sends mail to its users, by SMTP to a mail server that is real. */
export interface MailHarness {
  /** What was taken, in the order of its coming. */
  readonly caught: CaughtMail[];
  /** Sends what is pending at an instant. */
  send(at: string): Promise<MessageResult>;
  /** Takes no connection any more, until it comes back. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  /** Refuses each message with this status, or with null none. */
  refuseWith(status: number | null): void;
  close(): Promise<void>;
}

export async function openMailHarness(stack: TestStack): Promise<MailHarness> {
  const caught: CaughtMail[] = [];
  let refusal: number | null = null;
  const take = async (mail: CaughtMail): Promise<void> => {
    if (refusal !== null) throw Object.assign(new Error('not taken'), { responseCode: refusal });
    caught.push(mail);
  };
  let receiver: MailReceiver = await startMailReceiver(take);
  const { url } = receiver;
  const port = Number(new URL(url).port);
  return {
    caught,
    send: async (at) => {
      const mailer = createSmtpMailer({ url, from: 'Portfolio <mail@portfolio.example>', timeoutMs: 2_000 });
      try {
        return await sendMessages({
          client: stack.admin,
          mailer,
          appUrl: MAIL_APP_URL,
          signingKey: CREDENTIALS_KEY,
          stopAt: new Date(Date.parse(at) + 20_000),
          clock: () => new Date(at),
          random: () => 0.5,
          log: () => {},
        });
      } finally {
        mailer.close();
      }
    },
    goDown: () => receiver.close(),
    comeBack: async () => {
      receiver = await startMailReceiver(take, port);
    },
    refuseWith: (status) => {
      refusal = status;
    },
    close: () => receiver.close(),
  };
}
