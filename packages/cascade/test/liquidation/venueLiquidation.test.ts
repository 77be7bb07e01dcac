import { describe, expect, it } from "vitest";
import type { Instrument } from "@aftershock/schema";
import {
  type LiquidationStep,
  missingLiquidationRules,
  rulesOf,
  type StatedLiquidation,
  venueLiquidation,
  type VenueLiquidationInputs,
} from "../../src/index.ts";
import { at, venueOf } from "../shipped.ts";
import { byGain, INVERSE, LINEAR, World } from "./world.ts";

const SYMBOLS: Readonly<Record<string, string>> = {
  "binance-usdm": "BTCUSDT",
  "binance-coinm": "BTCUSD_PERP",
  bybit: "BTCUSD",
  okx: "BTC-USDT-SWAP",
  bitmex: "XBTUSD",
  deribit: "BTC-PERPETUAL",
  hyperliquid: "BTC",
  "dydx-v4": "BTC-USD",
};
const DAYS = ["2020-03-12", "2021-05-19", "2024-08-05", "2025-10-10"] as const;

const instrumentOf = (symbol: string): Instrument => ({ ...LINEAR, symbol, id: `v:${symbol}` });

const inputs = (
  venue: string,
  day: string,
  more: { symbols?: readonly string[]; stated?: StatedLiquidation } = {},
): VenueLiquidationInputs => {
  const symbols = more.symbols ?? [SYMBOLS[venue]!];
  return {
    rules: rulesOf(venueOf(venue), at(day), symbols),
    instruments: symbols.map(instrumentOf),
    fundAccount: () => 1,
    allocatorOf: () => byGain,
    ...(more.stated === undefined ? undefined : { stated: more.stated }),
  };
};

const missing = (venue: string, day: string): readonly string[] =>
  missingLiquidationRules(inputs(venue, day)).map(({ part, value }) => `${part}.${value}`);

/** What a run may state; each value is used only where a rule lacks it. */
const FOLLOWS: readonly LiquidationStep[] = [
  { kind: "takeover" },
  { kind: "insurance" },
  { kind: "adl" },
];
const STATED: StatedLiquidation = {
  steps: FOLLOWS,
  stepDownOrder: "market",
  contractsPerOrder: 200,
  ordersPerSecond: 20,
  feeRate: 0,
  feePaidTo: "insuranceFund",
  tradingCharge: "added",
  takerRate: 0.0005,
  takesSurplus: true,
  adlRanking: "profitTimesLeverage",
  adlTriggers: [{ kind: "fundCannotPay" }],
  adlPrice: "bankruptcy",
  adlFeeRate: 0,
  adlCancelsOrders: true,
  fundThresholdUnits: 0,
};

describe("an engine by the shipped rules of a crash day", () => {
  it.each(Object.keys(SYMBOLS).flatMap((venue) => DAYS.map((day) => [venue, day] as const)))(
    "of %s on %s can be built, or says which values are absent; with them stated it liquidates",
    (venue, day) => {
      const absent = missingLiquidationRules(inputs(venue, day));
      if (absent.length > 0) {
        expect(() => venueLiquidation(inputs(venue, day))).toThrow(
          `${absent[0]!.part}, ${absent[0]!.value}: ${absent[0]!.reason}`,
        );
      }
      const unstatable = missingLiquidationRules(inputs(venue, day, { stated: STATED }));
      // A margin schedule is nothing that an engine of liquidations could be told: it is the margin model's.
      expect(unstatable.filter(({ value }) => value !== "margin")).toEqual([]);
      if (unstatable.length > 0) return;
      const built = venueLiquidation(inputs(venue, day, { stated: STATED }));
      expect(built.stated.map(({ value }) => value).toSorted()).toEqual(
        expect.arrayContaining(absent.map(({ value }) => value).toSorted()),
      );
      const { schedule } = built.terms[0]!;
      const isInverse = schedule?.unit === "coin";
      const world = new World({
        instruments: [isInverse ? INVERSE : LINEAR],
        steps: built.steps,
        engine: () => ({ terms: built.terms, blockMicros: 1e6, closingOrder: "listed" }),
      });
      world.mark({ 0: 10_000 });
      const lots = isInverse ? 1_000 : 100;
      const margin = isInverse ? 0.001 : 10;
      const long = world.trader(margin, [{ lots, price: 10_000 }]);
      world.trader(margin * 100, [{ lots: -lots, price: 10_000 }]);
      world.market.offer(0, "bids", [[isInverse ? 19_800 : 99_000, 1e6]]);
      world.mark({ 0: 9_920 });
      world.mark({ 0: 9_900 });
      world.wait(60e6);
      expect(world.of("triggered")).toHaveLength(1);
      expect(world.ledger.lots(long, 0)).toBe(0);
      world.ledger.check();
    },
  );

  it("lacks these values, and no others", () => {
    const table = Object.fromEntries(
      Object.keys(SYMBOLS).map((venue) => [
        venue,
        Object.fromEntries(DAYS.map((day) => [day, missing(venue, day)])),
      ]),
    );
    expect(table).toMatchInlineSnapshot(`
      {
        "binance-coinm": {
          "2020-03-12": [
            "liquidation.steps",
          ],
          "2021-05-19": [
            "liquidation.steps",
          ],
          "2024-08-05": [
            "liquidation.steps",
          ],
          "2025-10-10": [
            "liquidation.steps",
          ],
        },
        "binance-usdm": {
          "2020-03-12": [
            "insurance.takesSurplus",
            "forcedTradingFee.tradingCharge",
          ],
          "2021-05-19": [
            "insurance.takesSurplus",
            "forcedTradingFee.tradingCharge",
          ],
          "2024-08-05": [
            "insurance.takesSurplus",
            "forcedTradingFee.tradingCharge",
          ],
          "2025-10-10": [
            "insurance.takesSurplus",
            "forcedTradingFee.tradingCharge",
          ],
        },
        "bitmex": {
          "2020-03-12": [
            "insurance.takesSurplus",
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
          "2021-05-19": [
            "insurance.takesSurplus",
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
          "2024-08-05": [
            "insurance.takesSurplus",
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
          "2025-10-10": [
            "insurance.takesSurplus",
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
        },
        "bybit": {
          "2020-03-12": [
            "margin.margin",
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
          ],
          "2021-05-19": [
            "margin.margin",
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
          ],
          "2024-08-05": [
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
          ],
          "2025-10-10": [
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
          ],
        },
        "deribit": {
          "2020-03-12": [
            "insurance.takesSurplus",
            "fees.takerRate",
            "liquidationFee.feePaidTo",
          ],
          "2021-05-19": [
            "insurance.takesSurplus",
            "fees.takerRate",
            "liquidationFee.feePaidTo",
          ],
          "2024-08-05": [
            "insurance.takesSurplus",
            "fees.takerRate",
            "liquidationFee.feePaidTo",
          ],
          "2025-10-10": [
            "insurance.takesSurplus",
            "fees.takerRate",
            "liquidationFee.feePaidTo",
          ],
        },
        "dydx-v4": {
          "2020-03-12": [
            "liquidation.steps",
          ],
          "2021-05-19": [
            "liquidation.steps",
          ],
          "2024-08-05": [
            "insurance.takesSurplus",
            "adl.adlRanking",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
          "2025-10-10": [
            "insurance.takesSurplus",
            "adl.adlRanking",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
        },
        "hyperliquid": {
          "2020-03-12": [
            "liquidation.steps",
          ],
          "2021-05-19": [
            "liquidation.steps",
          ],
          "2024-08-05": [
            "forcedTradingFee.tradingCharge",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
          "2025-10-10": [
            "forcedTradingFee.tradingCharge",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
        },
        "okx": {
          "2020-03-12": [
            "liquidation.stepDownOrder",
            "insurance.takesSurplus",
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlTriggers",
            "adl.adlRanking",
            "adl.adlPrice",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
          "2021-05-19": [
            "liquidation.stepDownOrder",
            "insurance.takesSurplus",
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
          "2024-08-05": [
            "liquidation.stepDownOrder",
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
          ],
          "2025-10-10": [
            "liquidation.stepDownOrder",
            "forcedTradingFee.tradingCharge",
            "liquidationFee.feeRate",
            "adl.adlCancelsOrders",
            "adl.adlFeeRate",
            "adl.fundThresholdUnits",
          ],
        },
      }
    `);
  });

  it("names the doubts of the parts that it uses", () => {
    const { doubts, stated } = venueLiquidation(
      inputs("binance-usdm", "2021-05-19", {
        stated: { takesSurplus: false, tradingCharge: "none" },
      }),
    );
    expect(doubts.map(({ part, status }) => `${part} ${status}`)).toEqual([
      "liquidation undated",
      "liquidationFee conflict",
      "forcedTradingFee absent",
      "insurance undated",
      "adl undated",
    ]);
    expect(stated).toEqual([
      { symbol: "BTCUSDT", part: "insurance", value: "takesSurplus", stated: "false" },
      { symbol: "BTCUSDT", part: "forcedTradingFee", value: "tradingCharge", stated: '"none"' },
    ]);
  });

  it("takes an allocation of one's own where the venue goes by no ranking (dYdX)", () => {
    const stated = {
      takesSurplus: false,
      adlCancelsOrders: false,
      adlFeeRate: 0,
      adlAllocate: byGain,
    };
    const built = venueLiquidation(inputs("dydx-v4", "2024-08-05", { stated }));
    expect(built.terms[0]!.adl!.allocate).toBe(byGain);
    expect(built.stated).toContainEqual({
      symbol: "BTC-USD",
      part: "adl",
      value: "adlAllocate",
      stated: "a function",
    });
    const ruled = venueLiquidation(
      inputs("hyperliquid", "2025-10-10", {
        stated: { ...stated, tradingCharge: "added", adlAllocate: () => [] },
      }),
    );
    expect(ruled.terms[0]!.adl!.allocate).toBe(byGain);
    // Forced orders are said to pay the taker fee, whose rate is the rules': 4.5 bp since 2025-05-05.
    expect(ruled.terms[0]!.fee).toMatchObject({ tradingRate: 0.00045, includesTrading: false });
    // On dYdX v4 they pay the liquidation fee alone, by its code.
    expect(built.terms[0]!.fee).toMatchObject({ rate: 0.015, tradingRate: 0 });
  });

  it("gives each contract of Binance its own fund, and the others the shared one", () => {
    const names: string[] = [];
    const funds = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
    const { terms } = venueLiquidation({
      ...inputs("binance-usdm", "2021-05-19", {
        symbols: funds,
        stated: { takesSurplus: false, tradingCharge: "none" },
      }),
      fundAccount: (name) => names.push(name) + 10,
    });
    expect(names).toEqual(["BTCUSDT", "ETHUSDT", "shared"]);
    expect(terms.map(({ fund, fee }) => [fund, fee.rate])).toEqual([
      [11, 0.003],
      [12, 0.005],
      [13, 0.005],
    ]);
    expect(terms[0]!.maximumNotionalShare).toBe(1);
  });

  it("refuses symbols without rules, and contracts of one ledger that are liquidated by different steps", () => {
    const one = inputs("binance-usdm", "2021-05-19");
    expect(() => venueLiquidation({ ...one, instruments: [instrumentOf("DOGE")] })).toThrow(
      /no rules of DOGE/,
    );
    const both = ["BTC-USDT-SWAP", "BTC-USD-SWAP"];
    expect(() => venueLiquidation(inputs("okx", "2020-03-12", { symbols: both }))).toThrow(
      /BTC-USD-SWAP by other steps than BTC-USDT-SWAP/,
    );
    expect(() => missingLiquidationRules({ ...one, instruments: [] })).toThrow(/no contract/);
  });

  it("says that nothing is recorded after OKEx's cut of 2020", () => {
    expect(
      missingLiquidationRules(inputs("okx", "2020-03-12", { symbols: ["BTC-USD-SWAP"] })),
    ).toContainEqual({
      symbol: "BTC-USD-SWAP",
      part: "liquidation",
      value: "steps",
      reason: "what follows stepDown is not recorded",
    });
  });
});
