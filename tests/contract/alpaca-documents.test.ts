import { trading } from '@alpacahq/alpaca-trade-api/rest';
import { beforeAll, describe, expect, it } from 'vitest';
import { recordAlpacaExchanges } from '../support/alpaca-exchanges';
import { readOpenApi } from '../support/openapi';
import type { Exchange } from '../support/snaptrade-exchanges';

let exchanges: readonly Exchange[];
beforeAll(async () => {
  exchanges = await recordAlpacaExchanges();
});

/** The names that the SDK reads and writes of each answer; it leaves out, or passes by, what it does not know. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  '/v2/account': Object.keys(trading.AccountToJSON(trading.AccountFromJSON({}))),
  '/v2/account/portfolio/history': Object.keys(
    trading.PortfolioHistoryToJSON(trading.PortfolioHistoryFromJSON({})),
  ),
  '/v2/account/activities': Object.keys(
    trading.GetAccountActivities200ResponseInnerToJSON(
      trading.GetAccountActivities200ResponseInnerFromJSON({}),
    ),
  ),
};

it('every field of the sandbox is one that Alpaca’s SDK knows by this name', () => {
  expect(new Set(exchanges.map(({ path }) => path))).toEqual(new Set(Object.keys(NAMES)));
  for (const { path, answer } of exchanges) {
    const rows: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
    expect(rows).not.toEqual([]);
    const strangers = rows.flatMap((row) =>
      Object.keys(row ?? {}).filter((name) => !NAMES[path]?.includes(name)),
    );
    expect(strangers, path).toEqual([]);
  }
});

it('every answer of the sandbox has what the SDK calls required', () => {
  const answerTo = (wanted: string) => exchanges.find(({ path }) => path === wanted)?.answer;
  const account = trading.AccountFromJSON(answerTo('/v2/account'));
  const history = trading.PortfolioHistoryFromJSON(answerTo('/v2/account/portfolio/history'));
  expect(trading.instanceOfAccount(account)).toBe(true);
  expect(trading.instanceOfPortfolioHistory(history)).toBe(true);
});

/**
 * Alpaca's own OpenAPI document (`src/alpaca_mcp_server/specs/trading-api.json` of github.com/alpacahq/alpaca-mcp-server): the path of a
 * copy is given in ALPACA_OPENAPI. It says what the names do not: of which type each field is.
 */
const file = process.env.ALPACA_OPENAPI;

describe.skipIf(file === undefined)('as Alpaca’s OpenAPI document has it', () => {
  it('every request of the adapter is one, and every answer of the sandbox', () => {
    const document = readOpenApi(file ?? '');
    expect(exchanges.length).toBeGreaterThanOrEqual(3);
    expect(exchanges.flatMap((one) => document.faultsOfRequest(one))).toEqual([]);
    expect(exchanges.flatMap((one) => document.faultsOfAnswer(one))).toEqual([]);
  });
});
