import { beforeAll, describe, expect, it } from 'vitest';
import { type OpenApi, readOpenApi } from '../support/openapi';
import { type Exchange, recordExchanges } from '../support/snaptrade-exchanges';

/**
 * SnapTrade's own OpenAPI document (`api.yaml` of github.com/passiv/snaptrade-sdks), which is not ours to hand on: the path of a
 * copy is given in SNAPTRADE_OPENAPI. Without one the SDK's types say what is documented (snaptrade-sdk-types).
 */
const file = process.env.SNAPTRADE_OPENAPI;

describe.skipIf(file === undefined)('as SnapTrade’s OpenAPI document has it', () => {
  let document: OpenApi;
  let exchanges: readonly Exchange[];

  beforeAll(async () => {
    document = readOpenApi(file ?? '');
    exchanges = await recordExchanges();
  });

  it('every request of the adapter is one, with parameters and a body that it knows', () => {
    expect(exchanges.length).toBeGreaterThanOrEqual(18);
    expect(exchanges.flatMap((one) => document.faultsOfRequest(one))).toEqual([]);
  });

  it('every answer of the sandbox is one', () => {
    expect(exchanges.flatMap((one) => document.faultsOfAnswer(one))).toEqual([]);
  });
});
