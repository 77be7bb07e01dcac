import { describe, expect, it } from "vitest";
import type { RuleSet } from "../../src/rules/ruleSet.ts";
import { RULES } from "../counterfactual/world.ts";
import { at, BARE, ruledVenue } from "./venue.ts";

const LONG = { lots: 1_000, money: 1_000 };
const liquidationBy = (steps: RuleSet["liquidation"]["steps"]): RuleSet["liquidation"] => ({
  ...RULES.liquidation,
  steps,
});

describe("RuledEngine takes from its rules", () => {
  it("who has what a liquidation leaves over: the fund where they say so, else the owner", () => {
    for (const takesSurplus of [true, false, undefined]) {
      const insurance = { ...BARE.insurance, takesSurplus };
      const { mark, of, cash, accounts, fund } = ruledVenue({
        rules: { insurance },
        holders: [LONG],
      });
      mark(0, 9_050);
      expect(of("surplusTaken").map(({ units }) => units)).toEqual(takesSurplus ? [50e6] : []);
      expect([cash(accounts[0]!), cash(fund)]).toEqual(takesSurplus ? [0, 1_050] : [50, 1_000]);
    }
  });

  it("how much notional its fund may hold", () => {
    const { mark, ledger, fund } = ruledVenue({
      rules: {
        insurance: { ...BARE.insurance, maximumNotionalShare: 0.5 },
        liquidation: liquidationBy([{ kind: "takeover" }]),
        insuranceFund: 10_000,
      },
      holders: [LONG],
    });
    mark(0, 9_050);
    expect(ledger.lots(fund, 0)).toBe(Math.floor(5_000 / 9.05));
  });

  it("whether a fee is a maximum, and who receives it", () => {
    const feeOf = (liquidationFee: RuleSet["liquidationFee"]) => {
      // Bankrupt at 9,000, marked at 9,050: half is sold 20 above and half 20 below what leaves nothing.
      const venue = ruledVenue({
        rules: { liquidationFee },
        holders: [LONG],
        fills: [8_980, 9_060],
      });
      venue.mark(0, 9_050);
      return venue.of("fee").map(({ units, to }) => [units / 1e6, to === venue.fund]);
    };
    const fee = { rate: 0.001, isMaximum: false, paidTo: "insuranceFund" } as const;
    expect(feeOf(fee)).toEqual([
      [4.49, true],
      [4.53, true],
    ]);
    // The first fill gives 10 USDT less than the bankruptcy value of its half.
    expect(feeOf({ ...fee, isMaximum: true })).toEqual([[4.53, true]]);
    expect(feeOf({ ...fee, paidTo: "venue" })[0]).toEqual([4.49, false]);
    expect(feeOf({ ...fee, paidTo: undefined })[0]).toEqual([4.49, false]);
  });

  it("who is deleveraged: the first of the queue, or all in proportion, at the fee of a maker", () => {
    const shorts = [
      { lots: -1_000, money: 2_000 },
      { lots: -3_000, money: 60_000 },
    ];
    const deleveraged = (rules: Partial<RuleSet>) => {
      const venue = ruledVenue({
        rules: {
          liquidation: liquidationBy([{ kind: "adl" }]),
          adl: { ...RULES.adl, fee: "maker" },
          insuranceFund: 0,
          ...rules,
        },
        holders: [LONG, ...shorts],
      });
      venue.mark(0, 8_990);
      return {
        lots: venue.of("adl").map(({ counterparty, lots }) => [counterparty - 4, lots]),
        fees: venue.of("fee").map(({ units, to }) => [units / 1e6, to === venue.venue]),
      };
    };
    expect(deleveraged({ adlAllocation: "queue" })).toEqual({ lots: [[1, 1_000]], fees: [] });
    expect(deleveraged({ adlAllocation: "proRata" }).lots).toEqual([
      [1, 250],
      [2, 750],
    ]);
    const tiers = (makerRate: number) => ({ tiers: [{ name: "base", makerRate, takerRate: 0 }] });
    expect(deleveraged({ fees: tiers(0.0002) }).fees).toEqual([[1.8, true]]);
    expect(deleveraged({ fees: tiers(-0.0002) }).fees).toEqual([]);
    const free = { ...RULES.adl, fee: "none" } as const;
    expect(deleveraged({ fees: tiers(0.0002), adl: free }).fees).toEqual([]);
  });

  it("asks no margin of its vault, however much it took over", () => {
    const { margin } = BARE;
    if (margin.kind !== "tiers") throw new Error("Invariant: the rules have tiers");
    const { mark, ledger, vault, of } = ruledVenue({
      rules: {
        margin: { ...margin, tiers: margin.tiers.map((tier) => ({ ...tier, cap: 20_000 })) },
        liquidation: liquidationBy([
          { kind: "backstop", by: "the vault", belowShareOfMaintenance: 1 },
        ]),
      },
      holders: [LONG, LONG, LONG],
    });
    mark(0, 9_050);
    expect(ledger.lots(vault, 0)).toBe(3_000);
    mark(1, 8_000);
    mark(2, 8_001);
    expect(of("triggered")).toHaveLength(3);
  });

  it("that equity must exceed margin and the taker's fee, where the trigger counts that", () => {
    const trigger = { kind: "ratio", threshold: 1, withLiquidationFee: true } as const;
    const closedAt = (takerRate: number, price: number): boolean => {
      const { mark, of } = ruledVenue({
        rules: {
          fees: { tiers: [{ name: "base", makerRate: 0, takerRate }] },
          liquidation: { ...RULES.liquidation, trigger },
        },
        holders: [LONG],
      });
      mark(0, price);
      return of("closed").length === 1;
    };
    // Equity at 9,092 is 92, margin 90.92, and the fee of 0.05 % would be 4.546.
    expect([closedAt(0, 9_092), closedAt(0.0005, 9_092), closedAt(0.0005, 9_100)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(closedAt(-0.0005, 9_090)).toBe(true);
  });

  it("that volatility and breaker look at the mark itself, and liquidations at its average", () => {
    const volatilityMargin = {
      halfLifeSeconds: 30,
      referenceVolatility: 0.5,
      least: 1,
      most: 2,
      everySeconds: 1,
    };
    const restless = ruledVenue({
      rules: { volatilityMargin, markTwapSeconds: 60 },
      holders: [LONG],
    });
    for (let second = 0; second < 120; second += 1) restless.mark(second, 9_170);
    for (let second = 120; second < 240; second += 1)
      restless.mark(second, second % 2 === 0 ? 9_200 : 9_140);
    // At 9,170 equity is 170; 1 % would be 91.7, and the average hardly moves.
    expect(restless.of("closed")).toHaveLength(1);
    const breaker = { move: 0.05, withinSeconds: 10, pauseSeconds: 30, stops: "trading" } as const;
    const halted = ruledVenue({ rules: { breaker, markTwapSeconds: 60 }, holders: [LONG] });
    for (let second = 0; second < 60; second += 1) halted.mark(second, 10_000);
    halted.mark(60, 9_400);
    expect([halted.engine.halt, halted.engine.breakerOpened]).toEqual(["trading", 1]);
  });

  it("a pace that it goes back to when a throttling breaker closes", () => {
    const breaker = {
      move: 0.05,
      withinSeconds: 10,
      pauseSeconds: 5,
      stops: "throttle",
      throttleShare: 0.1,
    } as const;
    const { mark, held } = ruledVenue({
      rules: { breaker, throttlePerSecond: 9_000 },
      holders: Array.from({ length: 10 }, () => LONG),
    });
    mark(0, 10_000);
    const soldIn = (from: number, to: number): number => {
      const before = held();
      for (let tenth = from * 10; tenth < to * 10; tenth += 1) mark(tenth / 10, 9_000);
      return before - held();
    };
    expect(soldIn(1, 5)).toBeLessThan(1_000);
    soldIn(5, 6);
    const free = soldIn(6, 8);
    expect(free).toBeGreaterThan(1_900);
    expect(free).toBeLessThanOrEqual(2_000);
  });

  it("marks of one instant, one after the other", () => {
    const { mark, engine, of } = ruledVenue({ holders: [LONG] });
    mark(1, 10_000);
    mark(1, 9_050);
    expect([engine.liquidationMark, of("closed").length]).toEqual([9_050, 1]);
  });

  it("what an account did outside of it, once it is told", () => {
    const { mark, engine, trade, accounts, of } = ruledVenue({
      holders: [{ lots: 100, money: 1_000 }],
    });
    mark(0, 10_000);
    trade(accounts[0]!, 9_800, 10_000);
    engine.changed(accounts[0]!);
    // 9.9 BTC with 1,000: at 9,999 it needs 989.9 and has 990.1, at 9,998 it has 980.2.
    mark(1, 9_999);
    expect(of("triggered")).toEqual([]);
    mark(2, 9_998);
    expect(of("triggered").map(({ account, at: when }) => [account, when])).toEqual([
      [accounts[0], at(2)],
    ]);
  });
});

describe("RuledEngine lets go of", () => {
  it("an account that a mark saved after a part of it was sold, and takes it over again when it is not safe any more", () => {
    const { mark, of, accounts, held } = ruledVenue({
      rules: { release: "whenSafeAfterClose", throttlePerSecond: 2_000 },
      holders: [LONG],
    });
    mark(0, 9_050);
    expect(held()).toBe(978);
    mark(0.05, 9_049);
    mark(0.06, 9_300);
    mark(0.1, 9_300);
    expect(of("released").map(({ at: when }) => when)).toEqual([at(0.1)]);
    mark(0.2, 9_000);
    expect(of("triggered").map(({ account, at: when }) => [account, when])).toEqual([
      [accounts[0], at(0)],
      [accounts[0], at(0.2)],
    ]);
  });
});
