import type {
  LinkedAccount,
  LinkedConnection,
  LinkSource,
  LinkWay,
  OAuthFailure,
} from '@/lib/connections/document';

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
    title: 'Your account at Alpaca',
    sentence:
      'You sign in at Alpaca, on its own page, and allow us to read your live account. Trading or moving money is not part of it, and we never see your password.',
    abilities: [
      'Today and every close from now on, read live.',
      'Five years back, as far as your account was open, by Alpaca’s own record of every close.',
      'Deposits, withdrawals, transfers and dividends, a day late.',
    ],
  },
};

/** What entering keys means, wherever they are entered. */
export const KEYS_SENTENCE =
  'You make a pair of API keys in your Alpaca dashboard, for your live account, and enter them here. Such keys could also trade: we keep them encrypted, and only read with them.';

/** Null for a source that nobody has found words for, which is not offered. */
export function sourceWords({ provider, ways }: Pick<LinkSource, 'provider' | 'ways'>): SourceWords | null {
  const words = SOURCE_WORDS[provider] ?? null;
  return words === null || ways.some((way) => way !== 'keys')
    ? words
    : { ...words, title: 'Alpaca, with your own keys', sentence: KEYS_SENTENCE };
}

const LINK_WORDS: Readonly<Record<string, string>> = {
  plaid: 'Link through Plaid',
  alpaca: 'Sign in at Alpaca',
};

/** What is pressed to link something through a provider's pages. */
export function linkWords(provider: string): string {
  return LINK_WORDS[provider] ?? 'Link a brokerage';
}

/** How a connection is made to work again: by signing in somewhere, by entering keys, or as its user likes. */
type ReconnectWay = 'sign_in' | 'keys' | 'either';

function reconnectWay(ways: readonly LinkWay[]): ReconnectWay {
  if (!ways.includes('keys')) return 'sign_in';
  return ways.length === 1 ? 'keys' : 'either';
}

/** How a connection does, as a few words and as a sentence. */
export interface StatusWords {
  readonly label: string;
  readonly sentence: string;
  readonly tone: 'neutral' | 'accent' | 'caution';
}

/** What a broken connection asks of its user, after the name of the institution. */
const RECONNECT_WORDS: Readonly<Record<ReconnectWay, string>> = {
  sign_in: 'needs you to sign in again.',
  keys: 'no longer accepts the keys. Enter new ones for the same account.',
  either: 'no longer lets us in. Sign in there again, or enter new keys, for the same account.',
};

export function statusWords(
  { status, institution, isDue, lastSuccessAt }: LinkedConnection,
  ways: readonly LinkWay[],
): StatusWords {
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
          sentence: `${institution} ${RECONNECT_WORDS[reconnectWay(ways)]} The missing days then fill in automatically.`,
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

/** What becomes of our access to what is unlinked. */
export function unlinkWords(institution: string, ways: readonly LinkWay[]): string {
  if (ways.includes('oauth'))
    return `Our copy of your access is deleted. ${institution} lets nobody but you end it there: take us off the apps that you allowed in its dashboard, or delete the keys if you made some for this.`;
  return ways.includes('keys')
    ? `Our copy of your keys is deleted; delete the keys at ${institution} as well if you made them for this.`
    : `Our access to ${institution} is deleted, here and at the linking service.`;
}

/** What a user did to make a connection work again. */
export function reconnectedWords(institution: string, ways: readonly LinkWay[]): string {
  switch (reconnectWay(ways)) {
    case 'sign_in':
      return `You signed in to ${institution} again`;
    case 'keys':
      return `The new keys of ${institution} are in use`;
    case 'either':
      return `${institution} lets us in again`;
  }
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

/** Why what came back from a broker's page led to nothing. */
const OAUTH_FAILURE_WORDS: Readonly<Record<OAuthFailure, string>> = {
  CODE_MISSING: 'The broker sent you back without its permission. Begin again.',
  CODE_NOT_ACCEPTED: 'The broker’s permission was not good any more. Begin again.',
  NOT_LINKED_ANY_MORE: 'This connection was unlinked in the meantime. Link the account anew.',
  OTHER_ACCOUNT:
    'You allowed another account than the one that is linked here. Sign in to that one, or link the other one as well.',
  READING_NOT_PERMITTED:
    'The broker does not let us read this account. See there whether it is open, then try again.',
  STATE_NOT_KNOWN:
    'This sign-in was not begun here by you, took longer than a quarter of an hour, or was finished before. Begin again.',
  TRY_LATER: 'The broker does not answer right now. Begin again in a minute.',
};

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
  // By the words that OAuth 2.0 has for them.
  access_denied: 'You did not allow us to read the account. You can begin again.',
  server_error: 'The broker has an outage. Try again later.',
  temporarily_unavailable: 'The broker cannot be reached at the moment. Try again later.',
  // And by ours, of what came back from there.
  ...OAUTH_FAILURE_WORDS,
};

/** Words for a code of the portal; the code itself where we know none, so that support can be asked. */
export function portalErrorWords(code: string | null): string {
  if (code === null) return 'The broker did not say why.';
  const known = Object.hasOwn(PORTAL_ERROR_WORDS, code) ? PORTAL_ERROR_WORDS[code] : undefined;
  return known ?? `The broker answered with the code ${code}.`;
}
