import { describe, expect, it } from "vitest";
import {
  type AssumableRules,
  checkRuleSet,
  lackingRules,
  type RuleAssumptions,
  type RuleSet,
  rulesOf,
  ruleSetOf,
} from "../src/index.ts";
import { RULES } from "./counterfactual/world.ts";
import { at, venueOf } from "./shipped.ts";

const request = (
  [venue, symbol, day]: readonly [string, string, string],
  assumptions?: RuleAssumptions,
) => ({
  rules: rulesOf(venueOf(venue), at(day), [symbol]),
  symbol,
  ...(assumptions === undefined ? {} : { assumptions }),
});

/** An assumption of every value, each with its name for a reason. */
function everything(values: Partial<AssumableRules>): RuleAssumptions {
  const base: Partial<AssumableRules> = {
    marginTail: "lastTier",
    marginInitialFactor: 2,
    fundingTerms: {
      premium: "impact",
      average: "mean",
      sampleSeconds: 60,
      averageSeconds: 28_800,
      paid: "samePeriod",
      impact: { amount: 1, of: "notional", unit: "BTC" },
    },
    fundingCap: { kind: "rate", rate: 0.01, perSeconds: 28_800 },
    liquidationFeeRate: 0,
    forcedTradingCharge: "none",
    takesSurplus: false,
    adlFee: "none",
    adlCancelsOrders: false,
    insuranceFund: 1,
    release: "never",
    throttlePerSecond: "none",
    hiddenLevels: true,
  };
  return Object.fromEntries(
    Object.entries({ ...base, ...values }).map(([name, value]) => [name, { value, why: name }]),
  );
}

const BINANCE = ["binance-usdm", "BTCUSDT", "2021-05-19"] as const;

describe("ruleSetOf", () => {
  it("takes what is known before what is assumed, and does not list it", () => {
    const { rules, assumed } = ruleSetOf(
      request(BINANCE, {
        ...everything({ markSampleSeconds: 1 }),
        margin: { value: RULES.margin, why: "not needed" },
        fees: { value: RULES.fees, why: "not needed" },
        liquidation: { value: RULES.liquidation, why: "not needed" },
      }),
    );
    expect(rules.margin.kind === "tiers" && rules.margin.tiers).toHaveLength(10);
    expect(rules.fees.tiers[0]?.takerRate).toBe(0.0004);
    expect(rules.liquidation.steps.map(({ kind }) => kind)).toEqual([
      "cancel",
      "ioc",
      "takeover",
      "insurance",
      "adl",
    ]);
    expect(assumed.map(({ part, name }) => `${part} ${name}`)).toEqual([
      "forcedTradingFee forcedTradingCharge",
      "funding fundingTerms",
      "mark markSampleSeconds",
      "fundingCap fundingCap",
      "insurance takesSurplus",
      "engine insuranceFund",
      "engine release",
      "engine throttlePerSecond",
      "engine hiddenLevels",
    ]);
    expect(assumed[2]).toEqual({
      part: "mark",
      name: "markSampleSeconds",
      lacks: "no source gives it",
      value: "1",
      why: "markSampleSeconds",
    });
    expect(assumed[1]?.lacks).toBe("not stated: average, sampleSeconds, averageSeconds, paid");
  });

  it("keeps what a funding rule states, and fills in the rest of it alone", () => {
    const { funding } = ruleSetOf(request(BINANCE, everything({ markSampleSeconds: 1 }))).rules;
    expect(funding).toMatchObject({ average: "mean", impact: { amount: 200, of: "margin" } });
  });

  it("names every value that is in neither, each with why it is not known", () => {
    expect(lackingRules(request(BINANCE)).map(({ name }) => name)).toEqual([
      "forcedTradingCharge",
      "fundingTerms",
      "markSampleSeconds",
      "fundingCap",
      "takesSurplus",
      "insuranceFund",
      "release",
      "throttlePerSecond",
      "hiddenLevels",
    ]);
    expect(() => ruleSetOf(request(BINANCE))).toThrow(
      /binance-usdm BTCUSDT are not whole.*mark, markSampleSeconds: no source gives it; .*engine, hiddenLevels: no dated rule of any venue states it/,
    );
  });

  it("completes steps of margin, and steps of a liquidation that do not say how a position ends", () => {
    const ether = ["bitmex", "ETHUSD", "2020-03-12"] as const;
    const { rules, mark } = ruleSetOf(request(ether, everything({ marginStep: 25 })));
    expect(rules.margin).toMatchObject({ kind: "steps", baseLimit: 50, step: 25 });
    expect(mark).toEqual({ of: "bitmex ETHUSD", fundingPeriodSeconds: 28_800 });
    const swap = ["okx", "BTC-USD-SWAP", "2020-03-12"] as const;
    const values = everything({
      margin: RULES.margin,
      furtherSteps: [{ kind: "takeover" }],
      stepDownOrder: "fillOrKill",
      markAverageSeconds: 60,
      markSampleSeconds: "continuous",
    });
    const cut = ruleSetOf(request(swap, values));
    expect(cut.rules.liquidation.steps).toMatchObject([
      { kind: "stepDown", fromSize: 12_001, toSize: 2_000, order: "fillOrKill" },
      { kind: "takeover" },
    ]);
    expect(cut.mark).toEqual({
      of: "okx BTC-USD-SWAP",
      averageSeconds: 60,
      sampleSeconds: "continuous",
    });
    expect(cut.assumed.find(({ name }) => name === "furtherSteps")?.lacks).toBe(
      "what follows stepDown is not recorded",
    );
  });

  it("asks for no fund, fee or ADL where no step has to do with them", () => {
    const coin = ["binance-coinm", "BTCUSD_PERP", "2021-05-19"] as const;
    const liquidation = {
      trigger: { kind: "belowMaintenance" },
      steps: [{ kind: "backstop", by: "vault", belowShareOfMaintenance: 1 }],
    } as const;
    const { fundingTerms: _, ...rest } = everything({
      liquidation,
      fees: RULES.fees,
      markSampleSeconds: 1,
    });
    const funding = { value: { ...RULES.funding, premium: "mid" as const }, why: "" };
    const lacking = lackingRules(request(coin, { ...rest, funding }));
    expect(lacking.map(({ name }) => name)).toEqual(["fundingTerms"]);
    const { rules, assumed } = ruleSetOf(
      request(coin, {
        ...everything({ liquidation, fees: RULES.fees, markSampleSeconds: 1 }),
        funding,
      }),
    );
    expect([rules.insuranceFund, rules.liquidationFee.rate, rules.adl.triggers]).toEqual([
      0,
      0,
      [],
    ]);
    expect(assumed.map(({ name }) => name)).not.toContain("insuranceFund");
  });
});

describe("checkRuleSet", () => {
  it("lets rules pass, with and without what may be undefined", () => {
    expect(() => checkRuleSet(RULES, "these")).not.toThrow();
    const breaker = { move: 0.1, withinSeconds: 1, pauseSeconds: 1, stops: "trading" } as const;
    expect(() =>
      checkRuleSet({ ...RULES, breaker, fundThreshold: 5, blockSeconds: 1 }, "these"),
    ).not.toThrow();
  });

  it.each([
    [{ maintenanceFactor: Number.NaN }, "these: maintenanceFactor: null is not a number above 0"],
    [{ insuranceFund: -1 }, "these: insuranceFund: -1 is not a number from 0"],
    [{ throttlePerSecond: 0 }, "these: throttlePerSecond: 0 is not a number above 0"],
    [{ release: "later" as "never" }, 'these: release: "later" is not one of'],
    [
      { liquidation: { ...RULES.liquidation, steps: [] } },
      "these: liquidation.steps: [] is not an array with something in it",
    ],
    [
      { breaker: { move: 0.1, withinSeconds: 1, pauseSeconds: 1, stops: "throttle" as const } },
      "these: breaker.throttleShare: nothing is not a number above 0 to 1",
    ],
    [
      {
        volatilityMargin: {
          halfLifeSeconds: 1,
          referenceVolatility: 1,
          least: 2,
          most: 1,
          everySeconds: 1,
        },
      },
      "these: volatilityMargin.most: 1 is not a number from 2",
    ],
    [{ blockSeconds: 0 }, "these: blockSeconds: 0 is not a number above 0"],
    [{ surprise: 1 }, "these: surprise: 1 is not known here"],
  ] as const)("refuses %j", (change, message) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a mitigation of one's own may give.
    const rules = { ...RULES, ...change } as RuleSet;
    expect(() => checkRuleSet(rules, "these")).toThrow(message);
    expect(() => checkRuleSet(rules, "these")).toThrow(
      expect.objectContaining({ name: "ConfigError" }),
    );
  });
});
