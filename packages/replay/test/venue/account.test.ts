import * as fc from "fast-check";
import {
  BUY,
  ConfigError,
  IntegrityError,
  MAKER,
  SELL,
  TAKER,
  type ContractKind,
} from "@aftershock/schema";
import { describe, expect, it, test } from "vitest";
import { Account, type AccountFill } from "../../src/venue/account.ts";
import { NO_FEES, TieredFees } from "../../src/venue/feeModel.ts";
import type { Side } from "../../src/venue/order.ts";
import { testInstrument } from "../batchOf.ts";
import { TestDesk, plainInstrument } from "./testDesk.ts";

const fill = (side: Side, size: number, price: number, fee = 0): AccountFill => ({
  side,
  size,
  price,
  fee,
});

function accountOf(fills: readonly AccountFill[], contract: ContractKind = "linear"): Account {
  const account = new Account(plainInstrument({ contract }), { cash: 1_000 });
  for (const one of fills) account.applyFill(one);
  return account;
}

describe("an account", () => {
  it("of a linear contract realises the difference to the average entry", () => {
    const account = accountOf([fill(BUY, 2, 100), fill(BUY, 2, 110), fill(SELL, 1, 120, 3)]);
    expect(account).toMatchObject({
      position: 3,
      averageEntry: 105,
      realisedPnl: 15,
      feesPaid: 3,
      cash: 1_000 - 200 - 220 + 120 - 3,
      walletBalance: 1_012,
    });
    expect([account.unrealisedPnl(100), account.equity(100)]).toEqual([-15, 997]);
  });

  it("that turns from long to short starts from the price of the turn", () => {
    const account = accountOf([fill(BUY, 2, 100), fill(SELL, 5, 90)]);
    expect(account).toMatchObject({ position: -3, averageEntry: 90, realisedPnl: -20 });
    account.applyFill(fill(BUY, 3, 80));
    expect(account).toMatchObject({
      position: 0,
      averageEntry: undefined,
      realisedPnl: 10,
      cash: 1_010,
    });
    expect(account.equity(5_000)).toBe(1_010);
  });

  it("of an inverse contract gains in coin: BitMEX, Inverse Futures Guide, 100,000 contracts from 10,000 to 10,500", () => {
    const account = accountOf([fill(BUY, 100_000, 10_000)], "inverse");
    expect(account.unrealisedPnl(10_500)).toBeCloseTo(0.47619, 5);
    account.applyFill(fill(SELL, 100_000, 10_500));
    expect(account.realisedPnl).toBeCloseTo(100_000 * (1 / 10_000 - 1 / 10_500), 12);
  });

  it("of an inverse contract has the harmonic mean for an average entry", () => {
    const account = accountOf([fill(SELL, 100, 10_000), fill(SELL, 100, 20_000)], "inverse");
    expect(account.averageEntry).toBeCloseTo(200 / (100 / 10_000 + 100 / 20_000), 9);
  });

  it("of a quanto contract gains its multiplier for each point of price", () => {
    const account = new Account(plainInstrument({ contract: "quanto", multiplier: 1e-6 }));
    account.applyFill(fill(BUY, 50_000, 500));
    account.applyFill(fill(SELL, 50_000, 600));
    expect(account.realisedPnl).toBeCloseTo(5, 12);
  });

  it("counts in the instrument's ticks, lots and multiplier", () => {
    // 2,000 lots of 0.001 at 1,000 ticks of 0.1, times 10: 2 × 100 × 10.
    const account = new Account(testInstrument({ multiplier: 10 }));
    expect(account.notional(2_000, 1_000)).toBeCloseTo(2_000, 9);
  });

  it("refuses an instrument of which nobody knows how it pays, and an inverse price of 0", () => {
    expect(() => new Account(plainInstrument({ contract: "unknown" }))).toThrow(ConfigError);
    expect(() => accountOf([fill(BUY, 1, 0)], "inverse")).toThrow(IntegrityError);
  });
});

describe("funding", () => {
  it.each<[string, Side, ContractKind, number, number]>([
    ["a long pays a positive rate", BUY, "linear", 0.01, 10],
    ["a short receives it", SELL, "linear", 0.01, -10],
    ["a long receives a negative rate", BUY, "linear", -0.01, -10],
    ["a long of an inverse contract pays in coin", BUY, "inverse", 0.01, 0.001],
    ["a short of an inverse contract receives coin", SELL, "inverse", 0.01, -0.001],
  ])("%s", (_name, side, contract, rate, paid) => {
    // 10 at a mark of 100: 1,000 of quote currency, or 0.1 coin.
    const account = accountOf([fill(side, 10, 90)], contract);
    const before = account.cash;
    expect(account.applyFunding({ rate, markPrice: 100 })).toBeCloseTo(paid, 12);
    expect(account.fundingPaid).toBeCloseTo(paid, 12);
    expect(before - account.cash).toBeCloseTo(paid, 9);
  });

  it("does nothing without a position", () => {
    expect(accountOf([]).applyFunding({ rate: 0.01, markPrice: 100 })).toBe(0);
  });

  it("is reckoned before the orders that come at its instant", () => {
    const desk = new TestDesk().snapshot(0, { bids: [[99, 5]], asks: [[101, 5]] });
    desk.venue.submit({ id: "a", side: BUY, size: 1 }, 8);
    expect(desk.venue.onFunding({ rate: 0.01, markPrice: 100 }, 8)).toBe(0);
    expect(desk.venue.onFunding({ rate: 0.01, markPrice: 100 }, 9)).toBe(1);
  });
});

describe("fees", () => {
  const tiers = [
    { fromVolume30d: 0, makerBps: 2, takerBps: 5 },
    { fromVolume30d: 1_000, makerBps: -0.5, takerBps: 4 },
  ];

  it("are a share of notional by the tier of the volume; a negative one is a rebate", () => {
    expect(new TieredFees({ tiers }).fee(10_000, TAKER)).toBe(5);
    expect(new TieredFees({ tiers, volume30d: 999 }).fee(10_000, MAKER)).toBe(2);
    expect(new TieredFees({ tiers, volume30d: 1_000 }).fee(10_000, MAKER)).toBe(-0.5);
    expect(NO_FEES.fee(10_000, TAKER)).toBe(0);
  });

  it("are charged on fills: a taker's more than a maker's", () => {
    const desk = new TestDesk({ fees: new TieredFees({ tiers }) }).snapshot(0, {
      bids: [[100, 5]],
      asks: [[200, 5]],
    });
    desk
      .order(1, { id: "t", side: SELL, size: 5 })
      .order(2, { id: "m", side: SELL, size: 5, price: 150 });
    desk.trade(3, BUY, 160, 5);
    desk.venue.finish(4);
    expect(desk.fills.map(({ fee }) => fee)).toEqual([0.25, 0.15]);
    expect(desk.venue.account.feesPaid).toBeCloseTo(0.4, 12);
  });

  it("need a table that ascends from the account's volume", () => {
    expect(() => new TieredFees({ tiers: tiers.toReversed() })).toThrow(ConfigError);
    expect(() => new TieredFees({ tiers: tiers.slice(1) })).toThrow(ConfigError);
    const lacking = [{ fromVolume30d: 0, makerBps: Number.NaN, takerBps: 1 }];
    expect(() => new TieredFees({ tiers: lacking })).toThrow(ConfigError);
  });
});

const anyFill = fc.record({
  side: fc.constantFrom<Side>(1, -1),
  size: fc.integer({ min: 1, max: 10_000 }),
  price: fc.integer({ min: 1, max: 1_000_000 }),
  fee: fc.integer({ min: -100, max: 100 }),
});
const anyFills = fc.array(anyFill, { maxLength: 40 });

test("the position is the sum of the fills, and linear cash is conserved to the last unit", () => {
  fc.assert(
    fc.property(anyFills, (fills) => {
      const account = accountOf(fills);
      const sum = (of: (one: AccountFill) => number) =>
        fills.reduce((total, one) => total + of(one), 0);
      expect(account.position).toBe(sum(({ side, size }) => side * size));
      expect(account.feesPaid).toBe(sum(({ fee }) => fee));
      const traded = sum(({ side, size, price }) => side * size * price);
      expect(account.cash).toBe(1_000 - traded - account.feesPaid);
      expect(account.equity(77)).toBe(account.cash + account.position * 77);
    }),
  );
});

test("inverse cash is conserved in coin to 1e-9 of what was turned over", () => {
  fc.assert(
    fc.property(anyFills, (fills) => {
      const account = accountOf(fills, "inverse");
      const traded = fills.reduce((sum, { side, size, price }) => sum - (side * size) / price, 0);
      const turnover = fills.reduce((sum, { size, price }) => sum + size / price, 1_000);
      expect(Math.abs(account.cash - (1_000 - traded - account.feesPaid))).toBeLessThan(
        turnover * 1e-9,
      );
    }),
  );
});

test("what is realised and what is open make up the equity, to 1e-9 of what was turned over", () => {
  fc.assert(
    fc.property(
      anyFills,
      fc.constantFrom<ContractKind>("linear", "inverse", "quanto"),
      fc.integer({ min: 1, max: 1_000_000 }),
      (fills, contract, mark) => {
        const account = accountOf(fills, contract);
        const turnover = fills.reduce(
          (sum, { size, price }) => sum + account.notional(size, price),
          1_000,
        );
        const atMark =
          account.position === 0 ? 0 : account.notional(Math.abs(account.position), mark);
        const made = account.walletBalance + account.unrealisedPnl(mark);
        expect(Math.abs(made - account.equity(mark))).toBeLessThan((turnover + atMark) * 1e-9);
      },
    ),
  );
});
