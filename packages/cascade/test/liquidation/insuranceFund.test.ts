import { micros } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { FullScan } from "../../src/index.ts";
import { InsuranceFund } from "../../src/liquidation/insuranceFund.ts";
import { LiquidationDesk } from "../../src/liquidation/liquidationDesk.ts";
import { ADL, LINEAR, World } from "./world.ts";
import { plainTerms } from "../../src/index.ts";

/** A fund with so much money, USDT, that remembers peaks of 100 s, and positions of it: lots at a price. Marked at 10,000. */
function fundOf(money: number, held: readonly (readonly [lots: number, price: number])[] = []) {
  const world = new World({ fund: money });
  const { ledger, marks, model, market } = world;
  const isLiquidatable = () => false;
  const desk = new LiquidationDesk({
    ledger,
    marks,
    model,
    isLiquidatable,
    triggers: new FullScan({ ledger, marks, isLiquidatable }),
    market,
    steps: [],
    terms: [{ ...plainTerms(LINEAR), fund: world.fund }],
    roles: { venue: world.venue, vault: undefined, exempt: [world.rest] },
    onEvent: () => undefined,
  });
  marks.set(0, 10_000);
  for (const [lots, price] of held) {
    const [buyer, seller] = lots > 0 ? [world.fund, world.rest] : [world.rest, world.fund];
    ledger.exchange({ buyer, seller, instrument: 0, lots: Math.abs(lots), price: price * 10 });
  }
  const fund = new InsuranceFund(desk, world.fund, 100);
  return {
    fund,
    mark: (price: number) => marks.set(0, price),
    /** Lots that it takes of a position for its value at a price. */
    takes: (lots: number, price: number, share?: number) =>
      fund.takeable({ instrument: 0, lots, entryValue: 0 }, lots * price * 1_000, share),
    /** Money comes, or goes. */
    add: (amount: number) =>
      amount > 0
        ? ledger.transfer(world.rest, world.fund, amount * 1e6)
        : ledger.transfer(world.fund, world.rest, -amount * 1e6),
  };
}
const at = (seconds: number) => micros(Math.round(seconds * 1e6));

describe("what an insurance fund can pay", () => {
  it("is its wallet, and nothing where that is below zero", () => {
    const { fund, add } = fundOf(100);
    expect([fund.wallet, fund.available]).toEqual([100e6, 100e6]);
    add(-150);
    expect([fund.wallet, fund.available]).toEqual([-50e6, 0]);
  });

  it("is no more than its wallet though its positions gain, no more than its worth though they lose, and whole", () => {
    const { fund, mark } = fundOf(100, [[1_000, 9_950]]);
    expect(fund.available).toBe(100e6);
    mark(9_900);
    expect([fund.wallet, fund.available]).toEqual([100e6, 50e6]);
    mark(9_900.000_000_4);
    expect(fund.available).toBe(50e6);
    mark(9_899.999_999_6);
    expect(fund.available).toBe(50e6 - 1);
    mark(9_800);
    expect(fund.available).toBe(0);
  });
});

describe("the drawdown of an insurance fund", () => {
  it("is from the peak of its window, that of the window's beginning included", () => {
    const { fund, add } = fundOf(200);
    fund.observe(at(0));
    add(-100);
    fund.observe(at(50));
    expect(fund.drawdown).toBe(0.5);
    add(-20);
    fund.observe(at(100));
    expect(fund.drawdown).toBe(0.6);
    fund.observe(at(100.000_001));
    expect(fund.drawdown).toBeCloseTo(0.2, 12);
    fund.observe(at(150.000_001));
    expect(fund.drawdown).toBe(0);
    add(40);
    fund.marksMoved(at(160));
    add(-60);
    expect(fund.drawdown).toBe(0.5);
  });

  it("is 1 for a fund that had nothing", () => {
    const { fund } = fundOf(0);
    expect(fund.drawdown).toBe(1);
    fund.observe(at(0));
    expect(fund.drawdown).toBe(1);
  });
});

describe("an insurance fund is replaced by ADL", () => {
  it("once its drawdown is as large as the rule's, and not before", () => {
    const adl = {
      ...ADL,
      triggers: [{ kind: "fundDrawdown", share: 0.5, overSeconds: 100 }],
    } as const;
    const { fund, add } = fundOf(200);
    fund.observe(at(0));
    add(-99);
    expect(fund.isReplaced(adl)).toBe(false);
    add(-1);
    expect(fund.isReplaced(adl)).toBe(true);
  });

  it("below the stated threshold, and not at it", () => {
    const triggers = [{ kind: "fundBelowThreshold" }] as const;
    const { fund } = fundOf(200);
    expect(fund.isReplaced({ ...ADL, triggers, fundThresholdUnits: 200e6 })).toBe(false);
    expect(fund.isReplaced({ ...ADL, triggers, fundThresholdUnits: 200e6 + 1 })).toBe(true);
  });

  it("where it has fallen further than Bybit's ratio and still is above the threshold", () => {
    const triggers = [{ kind: "poolProfitRatio", below: -0.5, overSeconds: 100 }] as const;
    const adl = { ...ADL, triggers, fundThresholdUnits: 50e6 };
    const { fund, add } = fundOf(200);
    fund.observe(at(0));
    expect(fund.isReplaced(adl)).toBe(false);
    add(-100);
    expect(fund.isReplaced(adl)).toBe(false);
    add(-20);
    expect(fund.isReplaced(adl)).toBe(true);
    expect(fund.isReplaced({ ...adl, fundThresholdUnits: 80e6 })).toBe(false);
  });

  it("by none of the triggers that look at the loss", () => {
    const triggers = [{ kind: "fundCannotPay" }, { kind: "accountValueNegative" }] as const;
    expect(fundOf(0).fund.isReplaced({ ...ADL, triggers })).toBe(false);
  });
});

describe("an insurance fund takes", () => {
  it("what it can carry, then nobody else until marks have moved", () => {
    const { fund, takes } = fundOf(30);
    // 10 USDT a coin beyond the mark: 30 USDT carry three coins, which is not all of four.
    expect(takes(3_000, 10_010)).toBe(3_000);
    expect(takes(4_000, 10_010)).toBe(3_000);
    expect([takes(10, 10_010), takes(10, 9_000)]).toEqual([0, 0]);
    fund.marksMoved(at(1));
    expect(takes(10, 10_010)).toBe(10);
  });

  it("any position that is worth no less than it costs, though it has nothing", () => {
    const { takes } = fundOf(0);
    expect([takes(1_000_000, 10_000), takes(-1_000_000, 10_000), takes(1_000, 9_000)]).toEqual([
      1_000_000, 1_000_000, 1_000,
    ]);
  });

  it("whole lots: those that its money pays for, rounded down", () => {
    // 0.01 USDT a lot beyond the mark.
    expect(fundOf(0.019_999).takes(5, 10_010)).toBe(1);
    expect(fundOf(0.009_999).takes(-5, 9_990)).toBe(0);
  });

  it("of lots that close its own at a loss no more than its money pays for, the others being new to it", () => {
    // Short from 9,000: each lot that is bought at 9,900 realises 0.9 USDT; at 9,890 100 of them have lost 89 already.
    const short = (money: number, lots: number) => {
      const made = fundOf(money, [[-lots, 9_000]]);
      made.mark(9_890);
      return made;
    };
    expect(short(1_000, 1_000).fund.available).toBe(110e6);
    expect(short(1_000, 1_000).takes(1_000, 9_900)).toBe(122);
    // 122 lots are more than the 100 that it has: after these nothing is realised, and all of the rest costs 10 USDT.
    expect(short(199, 100).takes(1_000, 9_900)).toBe(1_000);
    // 90.5 USDT pay for exactly the 100, 89.5 for 99.
    expect(short(179.5, 100).takes(1_000, 9_900)).toBe(1_000);
    expect(short(178.5, 100).takes(1_000, 9_900)).toBe(99);
  });

  it("as much as any other of lots that close its own without a loss, or that add to it", () => {
    const at9900 = fundOf(10, [[-1_000, 9_900]]);
    at9900.mark(9_890);
    // Bought back at the very price: nothing is realised, and 20 USDT at the mark carry all.
    expect(at9900.takes(1_000, 9_900)).toBe(1_000);
    const same = fundOf(100, [[1_000, 10_000]]);
    expect(same.takes(1_000, 10_010)).toBe(1_000);
  });

  it("up to its share of notional, by its wallet, less what it holds and more where it holds the other side", () => {
    // At 10,000 a lot is 10 USDT: 1,000 USDT are 100 lots.
    expect(fundOf(1_000).takes(500, 9_000, 1)).toBe(100);
    expect(fundOf(1_000).takes(500, 9_000, 0.255)).toBe(25);
    expect(fundOf(1_000, [[40, 10_000]]).takes(500, 9_000, 1)).toBe(60);
    expect(fundOf(1_000, [[-40, 10_000]]).takes(500, 9_000, 1)).toBe(140);
    expect(fundOf(1_000, [[40, 10_000]]).takes(-500, 11_000, 1)).toBe(140);
    expect(fundOf(1_000, [[140, 10_000]]).takes(500, 9_000, 1)).toBe(0);
    // A loss that is not realised leaves the wallet, and so the bound, as it was.
    expect(fundOf(1_000, [[40, 12_000]]).takes(500, 9_000, 1)).toBe(60);
  });
});
