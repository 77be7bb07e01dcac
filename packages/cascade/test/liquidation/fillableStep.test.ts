import { describe, expect, it } from "vitest";
import { type FillableStep, fillableValue, NO_FEE } from "../../src/index.ts";
import { LINEAR, step, World } from "./world.ts";

describe("fillable", () => {
  const rule: FillableStep = {
    kind: "fillable",
    bankruptcyAdjustment: 1,
    spreadToMaintenance: 1.5,
    shareOfPositionPerBlock: 0.1,
    minimumNotional: 1_000,
    notionalPerBlock: 100_000,
    insuranceLossPerBlock: 1_000_000,
  };
  const steps = [rule, step("insurance"), step("adl")];
  const engine = () => ({ blockMicros: 1_000_000 });

  it("asks for 0.766455 of a long of 500 at 1 with 100 at a price of 0.801 and a margin of 3 % (dYdX v4)", () => {
    const world = new World({
      instruments: [
        { ...LINEAR, tick: { mantissa: 1, decimals: 6 }, lot: { mantissa: 1, decimals: 0 } },
      ],
      rate: 0.03,
      steps,
      engine,
    });
    world.mark({ 0: 1 });
    world.trader(100, [{ lots: 500, price: 1 }]);
    world.mark({ 0: 0.801 });
    // Equity 0.5 against 12.015: Q = 0.0416; 0.801 × (1 − 0.9584 × 1.5 × 0.03).
    expect(world.of("forcedOrder")[0]!.limitPrice! / 1e6).toBeCloseTo(0.766455, 6);
  });

  it("is the mirrored price for a short, and never beyond the whole spread", () => {
    const at = (value: number, health: number): number =>
      fillableValue({ value, maintenance: 3, health }, rule);
    expect(at(100, 0.5)).toBeCloseTo(97.75);
    expect(at(-100, 0.5)).toBeCloseTo(-102.25);
    expect(at(100, -2)).toBeCloseTo(95.5);
    expect(at(100, 1.2)).toBe(100);
  });

  it("sends a tenth a block, at least 1,000 USDC, and the fund pays what a fill gives below bankruptcy", () => {
    const world = new World({ rate: 0.03, steps, engine, fund: 10_000 });
    world.mark({ 0: 10_000 });
    const long = world.trader(300, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[96_500, 10_000]]);
    // Equity 0: bankrupt at 9,700, to be filled down to 9,700 × (1 − 0.045) = 9,263.5.
    world.mark({ 0: 9_700 });
    expect(world.of("forcedOrder").map(({ lots }) => lots)).toEqual([103]);
    // 0.103 BTC × 50 USDT.
    expect(world.of("insurancePaid").map(({ units }) => units)).toEqual([5_150_000]);
    world.wait(30e6);
    expect(world.of("forcedOrder").length).toBe(10);
    expect(world.ledger.lots(long, 0)).toBe(0);
    expect(world.of("insurancePaid").reduce((sum, { units }) => sum + units, 0)).toBe(50e6);
    expect(world.ledger.cash(long)).toBe(0);
  });

  it("takes a fee of 1.5 % at most, and no more than a fill gives above bankruptcy", () => {
    const fee = { ...NO_FEE, rate: 0.015, isMaximum: true, paidTo: "insuranceFund" } as const;
    const world = new World({
      rate: 0.03,
      fund: 10_000,
      steps: [{ ...rule, shareOfPositionPerBlock: 1 }],
      engine,
      terms: { fee },
    });
    world.mark({ 0: 10_000 });
    const long = world.trader(380, [{ lots: 1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [
      [99_000, 100],
      [96_300, 900],
    ]);
    // Bankrupt at 9,620: the first fill is 28 USDT above, and 1.5 % of it are 14.85.
    world.mark({ 0: 9_640 });
    const [first, second] = world.of("fee").map(({ units }) => units / 1e6);
    expect(first).toBe(14.85);
    // Then it is bankrupt at 9,640 − 31.15 / 0.9; the second is 22.15 above, and 1.5 % of it would be 130.
    expect(second).toBeCloseTo(22.15, 5);
    expect(world.ledger.cash(long)).toBe(0);
  });

  it("closes against the other side what the fund cannot pay for", () => {
    const world = new World({ rate: 0.03, steps, engine, fund: 0 });
    world.mark({ 0: 10_000 });
    const long = world.trader(300, [{ lots: 1_000, price: 10_000 }]);
    const short = world.trader(3_000, [{ lots: -1_000, price: 10_000 }]);
    world.mark({ 0: 9_600 });
    expect(world.of("forcedOrder")).toEqual([]);
    expect(world.of("adl")).toMatchObject([
      { account: long, counterparty: short, lots: 1_000, price: 97_000 },
    ]);
  });
});
