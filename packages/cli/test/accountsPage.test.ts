import { rulesOf } from "@aftershock/cascade";
import { decimal, type Instrument, micros } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { accountPopulations } from "../src/accountPopulation.ts";
import { accountsPage } from "../src/accountsPage.ts";
import { loadVenueRules } from "../src/shippedRules.ts";

/** One contract is 1 USD, settled in coin. */
const INVERSE: Instrument = {
  id: "bitmex:XBTUSD",
  venue: "bitmex",
  symbol: "XBTUSD",
  kind: "perpetual",
  contract: "inverse",
  multiplier: 1,
  base: "XBT",
  quote: "USD",
  settle: "XBT",
  tick: decimal("0.5"),
  lot: decimal("1"),
  gridSource: "table",
};
const AT = micros(Date.UTC(2020, 2, 12, 10) * 1_000);

async function pageOf(instrument: Instrument, price: number): Promise<string> {
  const row = { instrument, at: AT, entryPrice: price, markPrice: price };
  const rest = { accountValue: undefined, leverage: 10 };
  const [population] = accountPopulations({
    recorded: {
      instruments: [instrument],
      positions: [
        { ...row, ...rest, account: "long", lots: 30_000 },
        { ...row, ...rest, account: "short", lots: -10_000 },
      ],
      marks: new Map([[instrument.id, price]]),
      simulated: false,
    },
    rules: rulesOf(await loadVenueRules("bitmex"), AT, [instrument.symbol]),
    marks: new Map(),
    width: 0.01,
  });
  if (population === undefined) throw new Error("Invariant: there is one currency");
  return accountsPage(population, 10);
}

describe("accountsPage", () => {
  it("says what inverse contracts are worth in coin, with the digits that tell small amounts apart", async () => {
    const page = await pageOf(INVERSE, 8_000);
    // 30,000 and 10,000 contracts of 1 USD at 8,000 are 3.75 and 1.25 coins, at 10x on 0.5 of margin, of which 0.5 % must be held.
    expect(page).toMatch(/^all +2 +0\.5 +0\.025 +3\.75 +1\.25$/m);
    expect(page).toMatch(/^long +bitmex:XBTUSD +30000 +8,000 +0\.375 +0\.01875 /m);
  });

  it("shows prices far below 1", async () => {
    const page = await pageOf(
      { ...INVERSE, multiplier: 1e-5, tick: decimal("0.0000001") },
      0.0001234,
    );
    expect(page).toMatch(/^long +bitmex:XBTUSD +30000 +0\.0001234 /m);
  });
});
