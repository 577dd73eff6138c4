import ts from 'typescript';
import { beforeAll, expect, it } from 'vitest';
import { type Exchange, recordEvents, recordExchanges } from '../support/snaptrade-exchanges';

/** Which call of the SDK makes a request, and so which type its answer has. */
const CALLS: readonly { readonly request: RegExp; readonly call: string }[] = [
  { request: /^GET \/snapTrade\/partners$/, call: 'referenceData.getPartnerInfo' },
  { request: /^POST \/snapTrade\/registerUser$/, call: 'authentication.registerSnapTradeUser' },
  { request: /^DELETE \/snapTrade\/deleteUser$/, call: 'authentication.deleteSnapTradeUser' },
  { request: /^POST \/snapTrade\/login$/, call: 'authentication.loginSnapTradeUser' },
  { request: /^DELETE \/connection\/[^/]+$/, call: 'connections.deleteConnection' },
  { request: /^GET \/performance\/custom$/, call: 'transactionsAndReporting.getReportingCustomRange' },
  { request: /^GET \/authorizations$/, call: 'connections.listBrokerageAuthorizations' },
  { request: /^GET \/authorizations\/[^/]+$/, call: 'connections.detailBrokerageAuthorization' },
  {
    request: /^GET \/authorizations\/[^/]+\/accounts$/,
    call: 'connections.listBrokerageAuthorizationAccounts',
  },
  { request: /^POST \/authorizations\/[^/]+\/refresh$/, call: 'connections.refreshBrokerageAuthorization' },
  { request: /^GET \/accounts\/[^/]+$/, call: 'accountInformation.getUserAccountDetails' },
  { request: /^GET \/accounts\/[^/]+\/balances$/, call: 'accountInformation.getUserAccountBalance' },
  { request: /^GET \/accounts\/[^/]+\/positions\/all$/, call: 'accountInformation.getAllAccountPositions' },
  { request: /^GET \/accounts\/[^/]+\/balanceHistory$/, call: 'accountInformation.getAccountBalanceHistory' },
  { request: /^GET \/accounts\/[^/]+\/activities$/, call: 'accountInformation.getAccountActivities' },
];

/**
 * The SDK's types let any further name pass, so those are taken out: what remains are the documented fields, and the compiler
 * holds each answer against them, name by name and type by type.
 */
const PRELUDE = `
import type { Snaptrade, SnaptradeAuth } from 'snaptrade-typescript-sdk';
declare const sdk: Snaptrade<ReturnType<typeof SnaptradeAuth.commercialApiKey>>;
type Documented<T> = T extends readonly (infer Item)[] ? Documented<Item>[]
  : T extends object ? { [Name in keyof T as string extends Name ? never : number extends Name ? never : Name]: Documented<T[Name]> }
  : T;
type Answer<Call> = Call extends (...given: never[]) => Promise<{ data: infer Data }> ? Documented<Data> : never;
`;

const FILE = 'tests/contract/answers-of-the-sandbox.ts';

/** What the compiler has against a module that stands nowhere on disk. */
function faultsOf(text: string): readonly string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === FILE || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === FILE
      ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023)
      : getSourceFile.call(host, path, ...rest);
  const program = ts.createProgram([FILE], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

function callOf({ method, path }: Exchange): string | null {
  return CALLS.find(({ request }) => request.test(`${method} ${path}`))?.call ?? null;
}

const declare = (name: string, call: string, answer: unknown): string =>
  `export const ${name}: Answer<typeof sdk.${call}> = ${JSON.stringify(answer)};`;

let exchanges: readonly Exchange[];
beforeAll(async () => {
  exchanges = await recordExchanges();
});

it('every answer of the sandbox has the fields and types that the SDK documents, and no others', () => {
  const answered = exchanges.filter(({ status }) => status < 300);
  const calls = answered.map(callOf);
  expect(answered.filter((one) => callOf(one) === null)).toEqual([]);
  expect(new Set(calls)).toEqual(new Set(CALLS.map(({ call }) => call)));
  const typed = answered.map((one, index) => declare(`answer${index}`, callOf(one) ?? '', one.answer));
  expect(faultsOf([PRELUDE, ...typed].join('\n'))).toEqual([]);
});

/** The names of a refusal's body, which the SDK has no types of, by status: as SnapTrade's documents show them. */
const REFUSALS: Readonly<Record<number, readonly string[]>> = {
  400: ['default_code', 'default_detail'],
  401: ['default_code', 'default_detail'],
  402: ['code', 'detail'],
  403: ['default_code', 'detail'],
  404: ['default_code', 'default_detail'],
  410: ['detail'],
  429: ['code', 'detail', 'status_code'],
};

it('every refusal of the sandbox is spelt as SnapTrade documents it for its status', () => {
  const refused = exchanges.filter(({ status }) => status >= 400);
  expect(new Set(refused.map(({ status }) => status))).toEqual(new Set(Object.keys(REFUSALS).map(Number)));
  for (const { path, status, answer } of refused)
    expect(Object.keys(answer ?? {}).toSorted(), `${status} ${path}`).toEqual(REFUSALS[status]);
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Every id within an answer, whatever it is of, with the way to it. */
function idsIn(answer: unknown, way = ''): readonly (readonly [string, unknown])[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.entries(answer).flatMap(([name, value]) =>
    name === 'id'
      ? [[`${way}.id`, value] as const]
      : idsIn(value, Array.isArray(answer) ? way : `${way}.${name}`),
  );
}

it('every id of the sandbox has the form of a UUID: of currencies, symbols, instruments, brokerages and activities', () => {
  const ids = exchanges.flatMap(({ answer }) => idsIn(answer));
  const of = new Set(ids.map(([way]) => way));
  for (const way of ['.currency.id', '.brokerage.id'])
    expect([...of].some((one) => one.endsWith(way))).toBe(true);
  expect(ids.filter(([, id]) => typeof id !== 'string' || !UUID.test(id))).toEqual([]);
});

it('every webhook of the sandbox names its brokerage and connection by such an id, and says when and about whom', async () => {
  const [event, ...others] = await recordEvents(['CONNECTION_UPDATED', 'accountBalanceHistoryUpdated']);
  const names = [
    'accountId',
    'brokerageAuthorizationId',
    'brokerageId',
    'clientId',
    'eventTimestamp',
    'eventType',
    'userId',
    'webhookId',
  ];
  for (const body of [event, ...others]) {
    expect(Object.keys(body ?? {}).toSorted()).toEqual(names);
    expect(body).toMatchObject({
      brokerageId: expect.stringMatching(UUID),
      webhookId: expect.stringMatching(UUID),
      eventTimestamp: '2026-11-20T22:00:00.000000+00:00',
    });
  }
});

it('an answer with a field too many, or of another type, is noticed', () => {
  const balances = 'accountInformation.getUserAccountBalance';
  const faults = faultsOf(
    [
      PRELUDE,
      declare('right', balances, [{ cash: 1 }]),
      declare('more', balances, [{ cash: 1, money: 1 }]),
      declare('text', balances, [{ cash: '1' }]),
    ].join('\n'),
  );
  expect(faults).toEqual([expect.stringContaining('"money"'), expect.stringContaining("'string'")]);
});
