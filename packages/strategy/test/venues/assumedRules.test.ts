import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  checkRuleSet,
  Counterfactual,
  Currency,
  initialMargin,
  isGap,
  lackingRules,
  Ledger,
  type LiquidationEvent,
  MarkPrice,
  parseVenueRules,
  type RuleAssumptions,
  RuledEngine,
  rulesOf,
  ruleSetOf,
  type RuleSetRequest,
} from "@aftershock/cascade";
import { decimal, type Instrument, micros, parseUtcDay } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import {
  adlRanking,
  assumedRules,
  changedRules,
  circuitBreaker,
  compose,
  type Mitigation,
  noChange,
  noLiquidations,
  scaledMaintenance,
  throttledEngine,
  trancheLiquidation,
  twapOracle,
  volatilityMargin,
} from "../../src/index.ts";
import { ASSUMED_MARGINS } from "../../src/venues/assumedMargins.ts";

const FOLDER = resolve(import.meta.dirname, "../../../../data/rules");

/** The contracts: of inverse ones a lot is a dollar. */
const CONTRACTS: Readonly<Record<string, readonly [symbol: string, settle: string]>> = {
  "binance-usdm": ["BTCUSDT", "USDT"],
  "binance-coinm": ["BTCUSD_PERP", "BTC"],
  bybit: ["BTCUSD", "BTC"],
  okx: ["BTC-USDT-SWAP", "USDT"],
  bitmex: ["XBTUSD", "XBT"],
  deribit: ["BTC-PERPETUAL", "BTC"],
  hyperliquid: ["BTC", "USDC"],
  "dydx-v4": ["BTC-USD", "USDC"],
};
const DAYS = ["2020-03-12", "2021-05-19", "2024-08-05", "2025-10-10"] as const;
/** Before the venue, or the contract, was there. */
const NOT_YET: ReadonlySet<string> = new Set([
  "binance-coinm 2020-03-12",
  "hyperliquid 2020-03-12",
  "hyperliquid 2021-05-19",
  "dydx-v4 2020-03-12",
  "dydx-v4 2021-05-19",
]);

function instrumentOf(venue: string): Instrument {
  const [symbol, settle] = CONTRACTS[venue]!;
  const isInverse = settle === "BTC" || settle === "XBT";
  return {
    id: `${venue}:${symbol}`,
    venue,
    symbol,
    kind: "perpetual",
    contract: isInverse ? "inverse" : "linear",
    multiplier: 1,
    base: "BTC",
    quote: isInverse ? "USD" : settle,
    settle,
    tick: decimal("0.5"),
    lot: decimal(isInverse ? "1" : "0.001"),
    gridSource: "table",
  };
}

function requestOf(
  venue: string,
  day: string,
  assumptions: RuleAssumptions = assumedRules(instrumentOf(venue)),
): RuleSetRequest {
  const file = join(FOLDER, `${venue}.json`);
  const { symbol } = instrumentOf(venue);
  const dated = rulesOf(parseVenueRules(file, readFileSync(file, "utf8")), parseUtcDay(day)!, [
    symbol,
  ]);
  return { rules: dated, symbol, assumptions };
}

/** A long of 10,000 dollars at its highest leverage, and a short against it; the mark falls by 2 % in 10 s and stays. */
function liquidate(
  venue: string,
  rules: RuleSetRequest["rules"],
  set: ReturnType<typeof ruleSetOf>["rules"],
) {
  const instrument = instrumentOf(venue);
  const isInverse = instrument.contract === "inverse";
  const ledger = new Ledger({
    currency: new Currency(instrument.settle),
    instruments: [instrument],
  });
  const [world, fund, house, vault, long, short] = [
    "world",
    "fund",
    "venue",
    "vault",
    "long",
    "short",
  ].map((name) => ledger.open(name)) as [number, number, number, number, number, number];
  ledger.deposit(fund, ledger.currency.units(set.insuranceFund));
  ledger.deposit(vault, ledger.currency.units(isInverse ? 10 : 100_000));
  const lots = isInverse ? 10_000 : 1_000;
  ledger.exchange({ buyer: long, seller: short, instrument: 0, lots, price: 20_000 });
  const notional = isInverse ? 1 : 10_000;
  ledger.deposit(long, ledger.currency.units(notional * 0.012));
  ledger.deposit(short, ledger.currency.units(notional));
  const events: LiquidationEvent[] = [];
  const engine = new RuledEngine({
    rules: set,
    ledger,
    instrument: 0,
    market: {
      take: (order) => {
        const price = engine.marks.ticks(0) + 4 * order.side;
        const limit = order.limitPrice ?? price;
        return (price - limit) * order.side > 0
          ? []
          : [{ price, lots: order.lots, counterparty: world }];
      },
      cancelOrders: () => undefined,
    },
    accounts: { fund, venue: house, vault, exempt: [world] },
    startPrice: 10_000,
    onEvent: (event) => {
      ledger.check();
      events.push(event);
    },
  });
  for (let second = 0; second <= 240; second += 1) {
    engine.step(micros(rules.at + second * 1e6), 10_000 - 20 * Math.min(10, second));
  }
  return { events, left: ledger.lots(long, 0) };
}

const EVERY = Object.keys(CONTRACTS).flatMap((venue) => DAYS.map((day) => [venue, day] as const));
const THERE = EVERY.filter((each) => !NOT_YET.has(each.join(" ")));

describe("the rule set of a venue's crash day", () => {
  it.each(THERE)("of %s on %s is whole with what is assumed, and liquidates", (venue, day) => {
    const request = requestOf(venue, day);
    const { rules, mark, assumed } = ruleSetOf(request);
    checkRuleSet(rules, venue);
    expect(() => new MarkPrice(rules.mark, mark)).not.toThrow();
    expect(initialMargin(rules.margin, { size: 1 })).toBeGreaterThan(0);
    for (const { why, lacks, value } of assumed) {
      expect(why).toMatch(/^[A-Z].*\.$/);
      expect(lacks).not.toBe("");
      expect(JSON.parse(value)).toBeDefined();
    }
    const { events, left } = liquidate(venue, request.rules, rules);
    expect(events.filter(({ kind }) => kind === "triggered").length).toBeGreaterThan(0);
    expect(left).toBe(0);
  });

  it.each(EVERY)(
    "of %s on %s takes each rule that is known, and lists all others",
    (venue, day) => {
      const request = requestOf(venue, day);
      const bare = lackingRules({ ...request, assumptions: {} });
      expect(bare.length).toBeGreaterThan(0);
      expect(() => ruleSetOf({ ...request, assumptions: {} })).toThrow(
        `${bare[0]!.part}, ${bare[0]!.name}: ${bare[0]!.lacks}`,
      );
      if (NOT_YET.has(`${venue} ${day}`)) {
        expect(lackingRules(request).map(({ name }) => name)).toContain("margin");
        expect(() => ruleSetOf(request)).toThrow(/margin, margin: the first that is known is from/);
        return;
      }
      expect(lackingRules(request)).toEqual([]);
      const { rules, assumed, doubts } = ruleSetOf(request);
      const own = request.rules.symbols[request.symbol]!;
      for (const part of ["fees", "mark", "fundingCap"] as const) {
        if (own[part].value !== undefined) expect(rules[part]).toBe(own[part].value);
      }
      // What is lacking at first is assumed; what an assumption brings may lack something in turn.
      const names = assumed.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(bare.map(({ name }) => name)));
      const absent = doubts.filter(({ status }) => status === "absent").map(({ part }) => part);
      expect(assumed.map(({ part }) => part)).toEqual(
        expect.arrayContaining(absent.filter((part) => part !== "insurance" && part !== "adl")),
      );
    },
  );

  it("assumes these values, and no others", () => {
    const table = Object.fromEntries(
      THERE.map(([venue, day]) => [
        `${venue} ${day}`,
        ruleSetOf(requestOf(venue, day))
          .assumed.filter(({ part }) => part !== "engine")
          .map(({ name }) => name)
          .join(", "),
      ]),
    );
    expect(table).toMatchInlineSnapshot(`
      {
        "binance-coinm 2021-05-19": "liquidation, fees, liquidationFeeRate, liquidationFeePaidTo, forcedTradingCharge, funding, markSampleSeconds, fundingCap, takesSurplus, adlAllocation, adlRanking, adlTriggers, adlPrice, adlFee, adlCancelsOrders",
        "binance-coinm 2024-08-05": "liquidation, fees, liquidationFeeRate, liquidationFeePaidTo, forcedTradingCharge, funding, fundingCap, takesSurplus, adlAllocation, adlRanking, adlTriggers, adlPrice, adlFee, adlCancelsOrders",
        "binance-coinm 2025-10-10": "liquidation, fees, liquidationFeeRate, liquidationFeePaidTo, forcedTradingCharge, funding, fundingCap, takesSurplus, adlAllocation, adlRanking, adlTriggers, adlPrice, adlFee, adlCancelsOrders",
        "binance-usdm 2020-03-12": "marginInitialFactor, marginTail, forcedTradingCharge, fundingTerms, fundingCap, takesSurplus",
        "binance-usdm 2021-05-19": "forcedTradingCharge, fundingTerms, markSampleSeconds, fundingCap, takesSurplus",
        "binance-usdm 2024-08-05": "forcedTradingCharge, fundingTerms, markSampleSeconds, takesSurplus",
        "binance-usdm 2025-10-10": "forcedTradingCharge, fundingTerms, takesSurplus",
        "bitmex 2020-03-12": "liquidationFeeRate, forcedTradingCharge, fundingTerms, takesSurplus, adlFee, adlCancelsOrders",
        "bitmex 2021-05-19": "liquidationFeeRate, forcedTradingCharge, fundingTerms, takesSurplus, adlFee, adlCancelsOrders",
        "bitmex 2024-08-05": "liquidationFeeRate, forcedTradingCharge, fundingTerms, takesSurplus, adlFee, adlCancelsOrders",
        "bitmex 2025-10-10": "liquidationFeeRate, forcedTradingCharge, fundingTerms, takesSurplus, adlFee, adlCancelsOrders",
        "bybit 2020-03-12": "margin, liquidationFeeRate, forcedTradingCharge, fundingTerms, adlCancelsOrders",
        "bybit 2021-05-19": "margin, liquidationFeeRate, forcedTradingCharge, fundingTerms, adlCancelsOrders",
        "bybit 2024-08-05": "liquidationFeeRate, forcedTradingCharge, fundingTerms, adlCancelsOrders",
        "bybit 2025-10-10": "liquidationFeeRate, forcedTradingCharge, fundingTerms, adlCancelsOrders",
        "deribit 2020-03-12": "fees, liquidationFeePaidTo, funding, markBandRate, takesSurplus",
        "deribit 2021-05-19": "fees, liquidationFeePaidTo, funding, markBandRate, takesSurplus",
        "deribit 2024-08-05": "fees, liquidationFeePaidTo, funding, markBandRate, takesSurplus",
        "deribit 2025-10-10": "fees, liquidationFeePaidTo, funding, markBandRate, takesSurplus",
        "dydx-v4 2024-08-05": "fundingTerms, takesSurplus, adlAllocation, adlFee, adlCancelsOrders",
        "dydx-v4 2025-10-10": "fundingTerms, takesSurplus, adlAllocation, adlFee, adlCancelsOrders",
        "hyperliquid 2024-08-05": "forcedTradingCharge, fundingTerms, adlFee, adlCancelsOrders",
        "hyperliquid 2025-10-10": "forcedTradingCharge, fundingTerms, adlFee, adlCancelsOrders",
        "okx 2020-03-12": "marginTail, stepDownOrder, liquidationFeeRate, forcedTradingCharge, fundingTerms, markSampleSeconds, markAverageSeconds, fundingCap, takesSurplus, adlAllocation, adlRanking, adlTriggers, adlPrice, adlFee, adlCancelsOrders",
        "okx 2021-05-19": "marginTail, stepDownOrder, liquidationFeeRate, forcedTradingCharge, fundingTerms, markSampleSeconds, markAverageSeconds, fundingCap, takesSurplus, adlFee, adlCancelsOrders",
        "okx 2024-08-05": "marginTail, stepDownOrder, liquidationFeeRate, forcedTradingCharge, fundingTerms, markSampleSeconds, markAverageSeconds, fundingCap, adlFee, adlCancelsOrders",
        "okx 2025-10-10": "marginTail, stepDownOrder, liquidationFeeRate, forcedTradingCharge, fundingTerms, markSampleSeconds, markAverageSeconds, fundingCap, adlFee, adlCancelsOrders, fundThreshold",
      }
    `);
    const engine = ruleSetOf(requestOf("hyperliquid", "2025-10-10")).assumed.filter(
      ({ part }) => part === "engine",
    );
    expect(engine.map(({ name, value }) => [name, value])).toEqual([
      ["release", '"whenSafeAfterClose"'],
      ["throttlePerSecond", '"none"'],
      ["hiddenLevels", "false"],
    ]);
  });

  it("of other contracts is whole too, but where they were not there yet", () => {
    const found = Object.keys(CONTRACTS).flatMap((venue) => {
      const file = join(FOLDER, `${venue}.json`);
      const dated = parseVenueRules(file, readFileSync(file, "utf8"));
      return dated.symbols.flatMap((symbol) =>
        DAYS.flatMap((day) => {
          const { settle } = instrumentOf(venue);
          const rules = rulesOf(dated, parseUtcDay(day)!, [symbol]);
          const assumptions = assumedRules({ venue, symbol, settle });
          const lacking = lackingRules({ rules, symbol, assumptions }).map(({ name }) => name);
          return lacking.length === 0 ? [] : [`${venue} ${symbol} ${day}: ${lacking.join(", ")}`];
        }),
      );
    });
    expect(found).toMatchInlineSnapshot(`
      [
        "binance-coinm BTCUSD_PERP 2020-03-12: margin, mark",
        "binance-coinm ETHUSD_PERP 2020-03-12: margin, mark",
        "deribit BTC_USDC-PERPETUAL 2020-03-12: margin",
        "deribit BTC_USDC-PERPETUAL 2021-05-19: margin",
        "deribit SOL_USDC-PERPETUAL 2020-03-12: margin",
        "deribit SOL_USDC-PERPETUAL 2021-05-19: margin",
        "hyperliquid BTC 2020-03-12: margin, liquidation, funding, mark",
        "hyperliquid BTC 2021-05-19: margin, liquidation, funding, mark",
        "hyperliquid ETH 2020-03-12: liquidation, funding, mark",
        "hyperliquid ETH 2021-05-19: liquidation, funding, mark",
        "dydx-v4 BTC-USD 2020-03-12: margin, liquidation, funding, mark",
        "dydx-v4 BTC-USD 2021-05-19: margin, liquidation, funding, mark",
        "dydx-v4 ETH-USD 2020-03-12: margin, liquidation, funding, mark",
        "dydx-v4 ETH-USD 2021-05-19: margin, liquidation, funding, mark",
      ]
    `);
  });

  it("assumes of margin what is first known later, to the last tier", () => {
    let compared = 0;
    for (const [venue, symbols] of Object.entries(ASSUMED_MARGINS)) {
      const file = join(FOLDER, `${venue}.json`);
      const { parts } = parseVenueRules(file, readFileSync(file, "utf8"));
      for (const [symbol, { value, why }] of Object.entries(symbols)) {
        const day = /^As first known later, of (.*)\.$/.exec(why)?.[1];
        if (day === undefined) continue;
        const first = parts.margin[symbol]?.find((entry) => !isGap(entry));
        expect(first).toMatchObject({ from: day, value });
        compared += 1;
      }
    }
    expect(compared).toBe(5);
  });

  it("can be told otherwise, one value at a time", () => {
    const base = assumedRules({ venue: "bitmex", symbol: "XBTUSD", settle: "XBT" });
    const insuranceFund = { value: 35_000, why: "Published for the day." };
    const { rules, assumed } = ruleSetOf(
      requestOf("bitmex", "2020-03-12", { ...base, insuranceFund }),
    );
    expect(rules.insuranceFund).toBe(35_000);
    expect(assumed.find(({ name }) => name === "insuranceFund")).toEqual({
      part: "engine",
      name: "insuranceFund",
      lacks: "no dated rule of any venue states it",
      value: "35000",
      why: "Published for the day.",
    });
    expect(rules.margin).toMatchObject({ maintenanceRate: 0.005, initialRate: 0.01 });
    expect(ruleSetOf(requestOf("bitmex", "2020-03-12")).rules.insuranceFund).toBe(2_000);
  });

  it("refuses a symbol without rules", () => {
    const request = { ...requestOf("okx", "2024-08-05"), symbol: "DOGE" };
    expect(() => ruleSetOf(request)).toThrow(/okx has no rules of DOGE/);
  });

  it.each(THERE)(
    "of %s on %s can be changed by every mitigation that its steps have room for",
    (venue, day) => {
      const { rules } = ruleSetOf(requestOf(venue, day));
      const all: readonly Mitigation[] = [
        noChange(),
        noLiquidations(),
        circuitBreaker({ move: 0.05, withinSeconds: 300, pauseSeconds: 120 }),
        twapOracle({ seconds: 60 }),
        trancheLiquidation({ share: 0.2, cooldownSeconds: 30 }),
        scaledMaintenance({ factor: 1.3 }),
        volatilityMargin({ referenceVolatility: 1 }),
        throttledEngine({ notionalPerSecond: 1e6 }),
        ...(rules.liquidation.steps.some(({ kind }) => kind === "adl")
          ? [adlRanking({ allocation: "proRata" })]
          : []),
      ];
      for (const one of all) checkRuleSet(changedRules(one, rules), one.name);
      const request = requestOf(venue, day);
      const changed = changedRules(
        compose(...all.filter(({ kind }) => kind !== "noLiquidations")),
        rules,
      );
      expect(liquidate(venue, request.rules, changed).events.length).toBeGreaterThan(0);
    },
  );
});

// The options of a counterfactual take what ruleSetOf gives as they are.
describe("the rule set in a counterfactual", () => {
  it("goes with its mark terms", () => {
    const { rules, mark } = ruleSetOf(requestOf("deribit", "2021-05-19"));
    const options = { recorded: rules, mark, scenarios: [], draws: [], stepMicros: 1e5, tick: 0.5 };
    expect(() => new Counterfactual(options)).toThrow(/nothing to run/);
  });
});
