import type { LinkedAccount, LinkedConnection } from '@/lib/connections/document';

/** A source of accounts: what it is for, and what it can do. */
export interface SourceWords {
  readonly title: string;
  readonly sentence: string;
  readonly abilities: readonly string[];
}

/** Of the sources that can be offered. */
const SOURCE_WORDS: Readonly<Record<string, SourceWords>> = {
  snaptrade: {
    title: 'Most brokerages',
    sentence:
      'You sign in at your broker, on the pages of our linking service. Access is read-only: we can’t trade or move money, and never see your password.',
    abilities: [
      'Today and every close from now on; some brokers are read once a day.',
      'Up to a year back, where your broker keeps a record of past values.',
      'Deposits, withdrawals and dividends, a day late.',
    ],
  },
  plaid: {
    title: 'Banks, retirement plans and brokerages, through Plaid',
    sentence:
      'You sign in at your institution, on the pages of Plaid. We never see your password, and cannot trade or move money.',
    abilities: [
      'Today and every close from now on, as far as your institution dates its prices: read about once a day.',
      'No past values: your line begins on the day of linking.',
      'Deposits, withdrawals, transfers and dividends of two years, a day late.',
    ],
  },
  alpaca: {
    title: 'Alpaca, with your own keys',
    sentence:
      'You make a pair of API keys in your Alpaca dashboard, for your live account, and enter them here. Such keys could also trade: we keep them encrypted, and only read with them.',
    abilities: [
      'Today and every close from now on, read live.',
      'Two years back, by Alpaca’s own record of every close.',
      'Deposits, withdrawals, transfers and dividends, a day late.',
    ],
  },
};

/** Null for a source that nobody has found words for, which is not offered. */
export function sourceWords(provider: string): SourceWords | null {
  return SOURCE_WORDS[provider] ?? null;
}

/** What is pressed to link something through a provider's pages. */
export function linkWords(provider: string): string {
  return provider === 'plaid' ? 'Link through Plaid' : 'Link a brokerage';
}

/** Whether a connection works by keys that its user made, and not by signing in somewhere. */
export function isLinkedByKeys({ provider }: Pick<LinkedConnection, 'provider'>): boolean {
  return provider === 'alpaca';
}

/** How a connection does, as a few words and as a sentence. */
export interface StatusWords {
  readonly label: string;
  readonly sentence: string;
  readonly tone: 'neutral' | 'accent' | 'caution';
}

export function statusWords(connection: LinkedConnection): StatusWords {
  const { status, institution, isDue, lastSuccessAt } = connection;
  if (status === 'removed') {
    return {
      label: 'Unlinked',
      sentence: 'We no longer read these accounts. Their past days stay in your history.',
      tone: 'neutral',
    };
  }
  if (status === 'paused') {
    return {
      label: 'Paused',
      sentence:
        'We read nothing from this source at present. The days that were known stay in your history, and those since are filled in once it is switched on again.',
      tone: 'neutral',
    };
  }
  if (status === 'disabled') {
    return isDue
      ? {
          label: 'Checking again',
          sentence: `We’re asking ${institution} again. This page will show the result.`,
          tone: 'accent',
        }
      : {
          label: 'Reconnect needed',
          sentence: isLinkedByKeys(connection)
            ? `${institution} no longer accepts the keys. Enter new ones for the same account; the missing days then fill in automatically.`
            : `${institution} needs you to sign in again. The missing days then fill in automatically.`,
          tone: 'caution',
        };
  }
  if (lastSuccessAt === null) {
    return {
      label: 'Loading your past year',
      sentence: 'Linked. Your past year is loading, usually in under a minute; there is nothing to do.',
      tone: 'accent',
    };
  }
  return { label: 'Working', sentence: 'Read after every market close.', tone: 'neutral' };
}

export const CATEGORY_WORDS: Readonly<Record<NonNullable<LinkedAccount['category']>, string>> = {
  investment: 'Investment',
  deposit: 'Bank account',
  credit: 'Credit line, not counted',
};

export function categoryWords({ category, isPaper }: LinkedAccount): string {
  if (isPaper) return 'Paper account, not counted';
  return category === null ? 'Unknown kind of account, not counted' : CATEGORY_WORDS[category];
}

const END_WORDS: Readonly<Record<NonNullable<LinkedAccount['endReason']>, string>> = {
  closed: 'Closed',
  left_out: 'No longer listed since',
  removed: 'Removed at the broker',
  decided: 'Closed by you or by support, since',
  not_an_asset: 'No asset since',
};

/** Why an account is there no more, to go before the day. */
export function endWords(reason: LinkedAccount['endReason']): string {
  return reason === null ? 'Closed' : END_WORDS[reason];
}

/** Why a sign-in at a broker failed, by the codes that SnapTrade documents for its portal. Plaid’s are words. */
const PORTAL_ERROR_WORDS: Readonly<Record<string, string>> = {
  '0000': 'The linking service did not recognise you. Try again.',
  '1006': 'The broker did not understand the sign-in. Try again.',
  '1012': 'The broker did not accept the sign-in. Try again.',
  '1023': 'The sign-in was not finished at the broker. Try again.',
  '1066': 'The broker did not accept the user name or the password.',
  '1086': 'The broker did not accept the security code.',
  '1140': 'This account at the broker does not allow to be linked.',
  '3000': 'The broker has an outage. Try again later.',
  // By the codes that Plaid documents for its pages.
  ACCESS_NOT_GRANTED:
    'You did not allow what is needed to read your accounts. Try again, and allow all of it.',
  INSTITUTION_DOWN: 'The institution has an outage. Try again later.',
  INSTITUTION_NOT_AVAILABLE: 'The institution cannot be reached at the moment. Try again later.',
  INSTITUTION_NOT_FOUND: 'Your institution is not supported there. Try one of the other sources.',
  INSTITUTION_NOT_RESPONDING: 'The institution has an outage. Try again later.',
  INSTITUTION_NO_LONGER_SUPPORTED:
    'Your institution is not supported any more. Try one of the other sources.',
  INTERNAL_SERVER_ERROR: 'The linking service has an outage. Try again later.',
  INVALID_CREDENTIALS: 'The institution did not accept the user name or the password.',
  INVALID_MFA: 'The institution did not accept the security code.',
  ITEM_LOCKED: 'The institution has locked your login. Unlock it there, then try again.',
  MFA_NOT_SUPPORTED: 'Your login needs a second factor that is not supported. Try one of the other sources.',
  NO_ACCOUNTS: 'There is no account in this login that could be linked.',
  NO_INVESTMENT_ACCOUNTS: 'There is no investment account in this login.',
  PLANNED_MAINTENANCE: 'There is maintenance at the moment. Try again later.',
  PRODUCTS_NOT_SUPPORTED: 'Your institution does not give what is needed to read investments.',
  USER_SETUP_REQUIRED:
    'Your institution wants something from you first. Sign in on its own page, then try again.',
};

/** Words for a code of the portal; the code itself where we know none, so that support can be asked. */
export function portalErrorWords(code: string | null): string {
  if (code === null) return 'The broker did not say why.';
  const known = Object.hasOwn(PORTAL_ERROR_WORDS, code) ? PORTAL_ERROR_WORDS[code] : undefined;
  return known ?? `The broker answered with the code ${code}.`;
}
