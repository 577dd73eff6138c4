import ts from 'typescript';
import { beforeAll, expect, it } from 'vitest';
import { recordPlaidExchanges } from '../support/plaid-exchanges';
import type { Exchange } from '../support/snaptrade-exchanges';

let exchanges: readonly Exchange[];
beforeAll(async () => {
  exchanges = await recordPlaidExchanges();
});

/** Which call of the SDK asks at a path, and so which types its request and its answer have. */
const CALLS: Readonly<Record<string, string>> = {
  '/investments/holdings/get': 'investmentsHoldingsGet',
  '/investments/transactions/get': 'investmentsTransactionsGet',
  '/item/get': 'itemGet',
  '/item/remove': 'itemRemove',
  '/item/public_token/exchange': 'itemPublicTokenExchange',
  '/link/token/create': 'linkTokenCreate',
  '/link/token/get': 'linkTokenGet',
  '/webhook_verification_key/get': 'webhookVerificationKeyGet',
};

/**
 * The SDK's enums are closed to text, and some of its shapes let any further name pass; both are opened and closed the other way round:
 * what remains are the documented fields with the documented words, name by name and type by type.
 */
const PRELUDE = `
import type { PlaidApi } from 'plaid';
type Documented<T> = T extends string ? \`\${T}\`
  : T extends readonly (infer Item)[] ? Documented<Item>[]
  : T extends object ? { [Name in keyof T as string extends Name ? never : number extends Name ? never : Name]: Documented<T[Name]> }
  : T;
type Answer<Name extends keyof PlaidApi> = PlaidApi[Name] extends (...given: never[]) => Promise<{ data: infer Data }> ? Documented<Data> : never;
type Request<Name extends keyof PlaidApi> = PlaidApi[Name] extends (request: infer Given, ...rest: never[]) => unknown ? Documented<Given> : never;
`;

const FILE = 'tests/contract/answers-of-the-sandbox.ts';

/** What the compiler has against a module that stands nowhere on disk. */
function faultsOf(lines: readonly string[]): readonly string[] {
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
  const text = [PRELUDE, ...lines].join('\n');
  host.fileExists = (path) => path === FILE || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === FILE
      ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023)
      : getSourceFile.call(host, path, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([FILE], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

const declare = (type: string, name: string, call: string, value: unknown): string =>
  `export const ${name}: ${type}<'${call}'> = ${JSON.stringify(value)};`;

it('every request of the adapter and every answer of the sandbox is as the SDK documents it', () => {
  expect(new Set(exchanges.map(({ path }) => path))).toEqual(new Set(Object.keys(CALLS)));
  const typed = exchanges.flatMap(({ path, status, content, answer }, index) => {
    const call = CALLS[path];
    if (call === undefined) return [];
    expect(status, path).toBe(200);
    return [
      declare('Request', `request${index}`, call, content),
      declare('Answer', `answer${index}`, call, answer),
    ];
  });
  expect(faultsOf(typed)).toEqual([]);
}, 120_000);

it('an answer with a field too many, or of another type, is noticed', () => {
  const faults = faultsOf([
    declare('Answer', 'right', 'itemRemove', { request_id: 'r' }),
    declare('Answer', 'more', 'itemRemove', { request_id: 'r', removed: true }),
    declare('Answer', 'other', 'itemRemove', { request_id: 1 }),
  ]);
  expect(faults).toEqual([expect.stringContaining('removed'), expect.stringContaining("'number'")]);
}, 120_000);
