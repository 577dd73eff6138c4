import type { MessageTopic } from '@/lib/domain/states';

/** The kinds of e-mail that a user gets. */
export const TOPIC_WORDS: Readonly<Record<MessageTopic, { readonly label: string; readonly when: string }>> =
  {
    connection_broken: {
      label: 'A connection breaks',
      when: 'Your broker needs you to sign in again.',
    },
    connection_healed: {
      label: 'A connection works again',
      when: 'After it was broken.',
    },
    question: {
      label: 'A question',
      when: 'Something about your accounts that only you can know.',
    },
  };
