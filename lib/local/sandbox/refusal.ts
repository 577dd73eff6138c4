/** An answer that is not 200, in SnapTrade's form. */
export class WireRefusal extends Error {
  override readonly name = 'WireRefusal';

  constructor(
    readonly status: number,
    /** SnapTrade's own code; null for a page that SnapTrade did not write. */
    readonly code: string | null,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** The code that SnapTrade documents for a status. */
const DOCUMENTED_CODES: Readonly<Record<number, string>> = {
  400: '1006',
  401: '1083',
  402: '3003',
  403: '1066',
  404: '1011',
  410: '1013',
  425: '3012',
  429: '0000',
  500: '1000',
  501: '1021',
  503: '3002',
};

export function documentedCodeOf(status: number): string {
  return DOCUMENTED_CODES[status] ?? '0000';
}

export function refuseFeature(): WireRefusal {
  return new WireRefusal(403, '1141', 'This feature is not enabled for this customer or connection.');
}

export function refuseUnknownObject(): WireRefusal {
  return new WireRefusal(404, '1011', 'The object was not found or does not belong to this user.');
}
