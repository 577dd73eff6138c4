const SOURCE_NAMES: Readonly<Record<string, string>> = {
  snaptrade: 'SnapTrade',
  plaid: 'Plaid',
  alpaca: 'Alpaca',
};

/** A source's proper name where it has one, otherwise the source as it was given. */
export function nameSource(source: string): string {
  return SOURCE_NAMES[source] ?? source;
}
