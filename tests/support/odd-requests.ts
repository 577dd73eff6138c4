import type { RawRequest } from './raw-request';

/** Numbers from 0 up to 1 in an order that the seed decides (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const LONG = 'x'.repeat(3_000);
const ID = '6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f';

/** As they stand in a path or a query: escaped already, or wrongly. */
const ESCAPED = [
  ...[
    '',
    '0',
    '-1',
    '1e309',
    '99999999999999999999',
    'NaN',
    'null',
    'true',
    ID,
    ID.toUpperCase(),
    '2026-11-20',
  ],
  ...[
    '0000-01-01',
    '2026-02-30',
    '9999-12-31',
    '-271821-04-20',
    '%00',
    'a%00b',
    '%ff',
    '%c0%80',
    '%zz',
    '%',
    '%2',
  ],
  ...[
    '..%2f..',
    '%2e%2e',
    '..',
    '.',
    '%5c',
    '%ed%a0%80',
    '%F0%9F%92%A9',
    '%27%20or%201=1--',
    '$where',
    '{}',
    '[]',
  ],
  ...['//evil.example', '/.//evil.example', '%0d%0aset-cookie:x=1', ID.replace('6', 'g'), '__proto__', LONG],
  Buffer.from(JSON.stringify({ missing: 1e300, estimated: -5, userId: ID })).toString('base64url'),
  Buffer.from(JSON.stringify({ email: 'a\0b', userId: ID })).toString('base64url'),
  Buffer.from('{"email":"\\ud800","userId":"6f9d8f55-4a5e-4c3e-9f6e-1a2b3c4d5e6f"}').toString('base64url'),
];

const NAMES = [
  ...[
    'period',
    'from',
    'to',
    'accounts',
    'benchmark',
    'format',
    'before',
    'after',
    'limit',
    'days',
    'reason',
  ],
  ...[
    'provider',
    'institution',
    'search',
    'sort',
    'user',
    'actor',
    'action',
    'order',
    'next',
    'show',
    'view',
  ],
  ...[
    'status',
    'connection_id',
    'error_code',
    'notice',
    'connection',
    'code',
    '_rsc',
    'unknown',
    '__proto__',
  ],
];

/** Values of JSON bodies and forms. */
const VALUES: readonly unknown[] = [
  ...['', 'a\0b', '\ud800', '=1+2', LONG, ID, 'accept', 'yes', '2026-11-20', '0000-01-01', '//evil.example'],
  ...[0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, true, false, null, [], {}, [[[]]], { toString: 1 }],
];

const FIELDS = [
  ...[
    'lookback_days',
    'verdict',
    'reason',
    'confirm',
    'reconnect',
    'user',
    'provider',
    'institution',
    'from',
  ],
  ...[
    'to',
    'note',
    'preview',
    'email',
    'password',
    'next',
    'connection',
    'match',
    'answer',
    'account',
    '$ACTION_KEY',
  ],
  ...['webhookId', 'eventType', 'eventTimestamp', '__proto__', 'unknown'],
];

const COOKIES = [
  'sb-127-auth-token.0=base64-garbage',
  'sb-127-auth-token=base64-NQ',
  `sb-127-auth-token=base64-${Buffer.from('{"access_token":"a.b.c","refresh_token":"r","user":5}').toString('base64url')}`,
  'sb-127-auth-token=%',
  'sb-127-auth-token=',
  '=;;;=',
];

const HEADERS: readonly (readonly [string, string])[] = [
  ['x-forwarded-host', 'evil example'],
  ['x-forwarded-host', 'evil.example'],
  ['x-forwarded-proto', 'ht tp'],
  ['x-forwarded-proto', 'https, http'],
  ['x-forwarded-for', "'; drop table"],
  ['origin', 'https://evil.example'],
  ['origin', 'null'],
  ['origin', '::'],
  ['authorization', 'Bearer a.b.c'],
  ['authorization', 'Bearer'],
  ['authorization', 'Basic Og=='],
  ['x-api-key', LONG],
  ['signature', 'AAAA'],
  ['accept-language', '*;q=x, \t,zz-!!'],
  ['rsc', '1'],
  ['next-router-state-tree', '%5B'],
  ['next-router-prefetch', '1'],
  ['next-action', 'x'],
  ['next-action', '00'.repeat(21)],
  ['x-middleware-subrequest', 'proxy:proxy:proxy:proxy:proxy'],
  ['range', 'bytes=9-1'],
  ['if-none-match', '*'],
  ['content-encoding', 'gzip'],
];

const BOUNDARY = 'boundary';

/** Whom a request may come from, by the headers that show it. */
export type Credentials = Readonly<Record<string, string>>;

/** What a request is sent to. */
export interface RequestTarget {
  readonly method: string;
  /** The path with its places in brackets. */
  readonly path: string;
  /** The id of a server action; null for pages and routes. */
  readonly action: string | null;
  /** Whose page an action is called from; a made-up one where nobody is named. */
  readonly viewer?: string;
}

/** An event as a provider could send it that has gone mad: some of it right, the rest of it odd. */
export function oddEvent(random: () => number, connectionId: string): Readonly<Record<string, unknown>> {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const right = {
    webhookId: `odd-${random()}`,
    eventType: pick(['CONNECTION_UPDATED', 'ACCOUNT_HOLDINGS_UPDATED', 'accountBalanceHistoryUpdated']),
    eventTimestamp: '2026-11-20T22:00:00.000000+00:00',
    brokerageAuthorizationId: pick([connectionId, 'nobody’s']),
    details: { total_value: { success: true } },
  };
  const odd = pick([...VALUES, '0000-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', '\udfff\ud800', '\0']);
  return { ...right, [pick(Object.keys(right))]: odd, ...(random() < 0.2 ? { [`a\0${odd}`]: odd } : {}) };
}

/** A request to one target that is odd in a way that the random numbers decide. */
export function oddRequest(
  target: RequestTarget,
  random: () => number,
  callers: readonly Credentials[],
): RawRequest {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const chance = (share: number): boolean => random() < share;
  const path = target.path.replace(/\[[^/]+\]/g, () => (chance(0.3) ? ID : pick(ESCAPED))).replace(/\]/g, '');
  const query = Array.from({ length: Math.floor(random() * 4) }, () => `${pick(NAMES)}=${pick(ESCAPED)}`);
  const headers: Record<string, string> = {};
  if (chance(0.7)) Object.assign(headers, pick(callers));
  if (chance(0.1)) headers.cookie = pick(COOKIES);
  if (chance(0.4)) {
    const [name, value] = pick(HEADERS);
    headers[name] = value;
  }
  if (target.action !== null && chance(0.8)) headers['next-action'] = target.action;
  const viewer = chance(0.8) ? (target.viewer ?? ID) : ID;
  const method = chance(0.9)
    ? target.method
    : pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'HEAD']);
  const body = method === 'GET' || method === 'HEAD' || method === 'TRACE' ? undefined : oddBody();
  return {
    method,
    path: encodeURI(path).replaceAll('%25', '%') + (query.length > 0 ? `?${query.join('&')}` : ''),
    headers,
    body,
  };

  function oddBody(): string | Buffer {
    const fields = Array.from(
      { length: Math.floor(random() * 5) },
      () => [pick(FIELDS), pick(VALUES)] as const,
    );
    switch (Math.floor(random() * 6)) {
      case 0: {
        headers['content-type'] = `multipart/form-data; boundary=${BOUNDARY}`;
        // As the argument that the list names by the same number, or as fields of the form itself.
        const place = pick(['_1_', '_2_', '']);
        const parts = fields.map(
          ([name, value]) =>
            `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${place}${name}"\r\n\r\n${typeof value === 'string' ? value : String(JSON.stringify(value))}\r\n`,
        );
        const list = pick([
          '["$K1"]',
          '[null,"$K1"]',
          '[{"error":null},"$K1"]',
          JSON.stringify([viewer]),
          JSON.stringify([viewer, '$K1']),
          JSON.stringify([viewer, null, '$K2']),
          '["$Q1"]',
          '[]',
          '[',
          '["$@1"]',
        ]);
        if (chance(0.6))
          parts.push(`--${BOUNDARY}\r\ncontent-disposition: form-data; name="0"\r\n\r\n${list}\r\n`);
        return `${parts.join('')}--${BOUNDARY}--\r\n`;
      }
      case 1:
        headers['content-type'] = pick(['multipart/form-data', `multipart/form-data; boundary=${BOUNDARY}`]);
        return pick([
          '',
          'garbage',
          `--${BOUNDARY}`,
          `--${BOUNDARY}\r\n\r\n`,
          `--${BOUNDARY}\r\nx: y\r\n\r\nz`,
        ]);
      case 2:
        headers['content-type'] = 'application/json';
        return pick(['', '{', '[1', 'nul', '"\\ud800"', '['.repeat(5_000), LONG]);
      case 3:
        headers['content-type'] = 'text/plain;charset=UTF-8';
        return pick(['[]', '["$K1"]', '["$Q1"]', '[{}, {}]', '{', '"$@1"', '["$undefined"]', '']);
      case 4:
        headers['content-type'] = pick(['application/json', 'application/octet-stream', 'text/html', '']);
        return Buffer.from(Array.from({ length: 64 }, () => Math.floor(random() * 256)));
      default:
        headers['content-type'] = 'application/json; charset=utf-8';
        return JSON.stringify(Object.fromEntries(fields));
    }
  }
}
