import { beforeAll, describe, expect, it } from 'vitest';
import { type OpenApi, readOpenApi } from '../support/openapi';
import { type Exchange, recordEvents, recordExchanges } from '../support/snaptrade-exchanges';

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

  /** It left the document, and is asked only where an operator says that it still answers. */
  const isRetired = ({ path }: Exchange): boolean => path === '/performance/custom';

  it('every request of the adapter is one, with the parameters and the body that it asks for and no others', () => {
    expect(exchanges.length).toBeGreaterThanOrEqual(26);
    const faults = exchanges.filter((one) => !isRetired(one)).flatMap((one) => document.faultsOfRequest(one));
    expect(faults).toEqual([]);
    const retired = exchanges.filter(isRetired);
    expect(retired.flatMap((one) => document.faultsOfRequest(one))).toEqual(
      retired.map(({ path }) => `GET ${path}: not documented`),
    );
  });

  it('every answer of the sandbox is one', () => {
    const faults = exchanges.filter((one) => !isRetired(one)).flatMap((one) => document.faultsOfAnswer(one));
    expect(faults).toEqual([]);
  });

  it.each([
    ['/connectionAdded', 'CONNECTION_ADDED'],
    ['/connectionDeleted', 'CONNECTION_DELETED'],
    ['/accountAdded', 'NEW_ACCOUNT_AVAILABLE'],
    ['/accountDeleted', 'ACCOUNT_REMOVED'],
    ['/transactionsUpdated', 'ACCOUNT_TRANSACTIONS_UPDATED'],
    ['/accountBalanceHistoryUpdated', 'accountBalanceHistoryUpdated'],
  ])('the webhook %s is one', async (path, eventType) => {
    const [content] = await recordEvents([eventType]);
    expect(document.faultsOfRequest({ method: 'POST', path, names: [], content })).toEqual([]);
  });
});
