import 'server-only';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { separateKeys } from '@/lib/credentials';
import { MESSAGE_TOPICS, type MessageTopic } from '@/lib/domain/states';

/** Which messages a link in one of them ends, for whom. */
export interface Unsubscription {
  readonly userId: string;
  readonly topic: MessageTopic;
}

const named = z.tuple([z.uuid(), z.enum(MESSAGE_TOPICS)]);

/** What stands in a link that ends a user's messages of a kind without a sign-in: it says whose, and proves that we wrote it. */
export function unsubscribeToken({ userId, topic }: Unsubscription, keys: string): string {
  const text = `${userId}.${topic}`;
  const [key = ''] = separateKeys(keys);
  return `${text}.${sign(text, key)}`;
}

/** What a token of ours ends, whichever of the keys signed it; null for any other text. */
export function readUnsubscribeToken(token: string | null, keys: string): Unsubscription | null {
  if (token === null || token.length > 200) return null;
  const [userId, topic, signature = '', ...rest] = token.split('.');
  const parsed = named.safeParse([userId, topic]);
  if (!parsed.success || rest.length > 0) return null;
  const given = Buffer.from(signature);
  const isOurs = separateKeys(keys).some((key) => {
    const right = Buffer.from(sign(`${userId}.${topic}`, key));
    return given.length === right.length && timingSafeEqual(given, right);
  });
  if (!isOurs) return null;
  return { userId: parsed.data[0], topic: parsed.data[1] };
}

/** `key` seals credentials too, so what is signed is said first. */
function sign(text: string, key: string): string {
  return createHmac('sha256', key).update(`unsubscribe:${text}`).digest('base64url');
}
