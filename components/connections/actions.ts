/** What the portal could not be opened for, or keys did not work for, in words; null before the first try. */
export interface LinkState {
  readonly error: string | null;
  /** The id of the keys that did not work, so that it need not be typed again. */
  readonly keyId?: string;
}

/** What the page of connections does; each takes a form and works before any script has loaded. */
export interface ConnectionActions {
  /** Leaves for the pages of `provider`; `connection` names the one to reconnect. */
  readonly startLink: (state: LinkState, form: FormData) => Promise<LinkState>;
  /** Tries `keyId` and `secretKey` at `provider` and links the account that they open; `connection` names one that is to work again. */
  readonly linkByKeys: (state: LinkState, form: FormData) => Promise<LinkState>;
  /** Looks for links that were never confirmed. */
  readonly checkLinks: (form: FormData) => Promise<void>;
  /** Unlinks `connection`. */
  readonly unlink: (form: FormData) => Promise<void>;
  /** Answers for `match` whether its two accounts are the same: `answer` is yes or no. */
  readonly decideMatch: (form: FormData) => Promise<void>;
  /** Separates `account` from those it was joined with. */
  readonly splitAccount: (form: FormData) => Promise<void>;
  /** Ends `account` from the day `since` on; without a day takes that back. */
  readonly endAccount: (form: FormData) => Promise<void>;
}
