import ts from 'typescript';
import { expect, it } from 'vitest';
import { type Exchange, recordExchanges } from '../support/snaptrade-exchanges';

/** Which call of the SDK makes a request, and so which type its answer has. */
const CALLS: readonly { readonly request: RegExp; readonly call: string }[] = [
  { request: /^GET \/snapTrade\/partners$/, call: 'referenceData.getPartnerInfo' },
  { request: /^POST \/snapTrade\/registerUser$/, call: 'authentication.registerSnapTradeUser' },
  { request: /^DELETE \/snapTrade\/deleteUser$/, call: 'authentication.deleteSnapTradeUser' },
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

it('every answer of the sandbox has the fields and types that the SDK documents, and no others', async () => {
  const answered = (await recordExchanges()).filter(({ status }) => status < 300);
  const typed = answered.flatMap((one, index) => {
    const call = callOf(one);
    return call === null ? [] : [declare(`answer${index}`, call, one.answer)];
  });
  const calls = new Set(answered.flatMap((one) => callOf(one) ?? []));
  expect(calls.size).toBeGreaterThanOrEqual(9);
  expect(faultsOf([PRELUDE, ...typed].join('\n'))).toEqual([]);
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
