import { MICROS_PER_SECOND } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { Currency } from "../../src/account/currency.ts";
import { Ledger } from "../../src/account/ledger.ts";
import { Marks } from "../../src/account/marks.ts";
import { CurrentMargin, scaledSchedule } from "../../src/engine/currentMargin.ts";
import { VolatilityFactor } from "../../src/engine/volatilityFactor.ts";
import type { MarginSchedule } from "../../src/rules/marginSchedule.ts";
import { PERPETUAL } from "../counterfactual/world.ts";

const tiersWith = (initialRate: number | undefined): MarginSchedule => ({
  kind: "tiers",
  unit: "quote",
  charge: "marginal",
  amountStep: 1,
  truncated: false,
  tiers: [
    {
      floor: 0,
      cap: undefined,
      maxLeverage: 50,
      initialRate,
      maintenanceRate: 0.01,
      maintenanceAmount: undefined,
    },
  ],
});

describe("CurrentMargin", () => {
  /** An account with 1 BTC from 10,000 and 150 USDT, and the rest of the world. */
  function marginOf(schedule: MarginSchedule) {
    const ledger = new Ledger({ currency: new Currency("USDT"), instruments: [PERPETUAL] });
    const [world, long] = [ledger.open(), ledger.open()];
    ledger.exchange({ buyer: long, seller: world, instrument: 0, lots: 1_000, price: 100_000 });
    ledger.deposit(long, 150e6);
    const marks = new Marks(ledger);
    marks.set(0, 10_000);
    const margin = new CurrentMargin(
      {
        ledger,
        marks,
        instrument: 0,
        schedule,
        trigger: { kind: "belowMaintenance" },
        takerRate: 0,
        isExempt: (account) => account === world,
      },
      1,
    );
    return { margin, marks, world, long };
  }

  it("scales maintenance, tells whether that is a change, and then looks at everybody", () => {
    const { margin, marks, world, long } = marginOf(tiersWith(undefined));
    expect(margin.moved([0])).toEqual([]);
    expect([margin.scale(1), margin.maintenance(long, marks)]).toEqual([false, 100e6]);
    expect([margin.scale(1.6), margin.maintenance(long, marks)]).toEqual([true, 160e6]);
    expect([margin.scale(1.6), margin.moved([0])]).toEqual([false, [long]]);
    expect([margin.isLiquidatable(long, marks), margin.isLiquidatable(world, marks)]).toEqual([
      true,
      false,
    ]);
  });

  it("never calls an exempt account liquidatable, though it has nothing but a position", () => {
    const { margin, marks, world } = marginOf(tiersWith(undefined));
    marks.set(0, 20_000);
    expect([margin.isLiquidatable(world, marks), margin.moved([0])]).toEqual([false, []]);
  });

  it("has initial margin of its own, which a scaled maintenance margin raises only from below", () => {
    const { margin, marks, long } = marginOf(tiersWith(0.03));
    expect(margin.initial(long, marks)).toBe(300e6);
    margin.scale(2);
    expect(margin.initial(long, marks)).toBe(300e6);
    margin.scale(5);
    expect([margin.initial(long, marks), margin.maintenance(long, marks)]).toEqual([500e6, 500e6]);
  });

  it("raises the initial rate of any schedule to the maintenance rate at least", () => {
    const steps: MarginSchedule = {
      kind: "steps",
      unit: "coin",
      baseLimit: 200,
      step: 100,
      initialRate: 0.01,
      maintenanceRate: 0.005,
      stepInitialRate: 0.005,
      stepMaintenanceRate: 0.005,
    };
    const linear: MarginSchedule = {
      kind: "linear",
      unit: "coin",
      initialRate: 0.01,
      maintenanceRate: 0.005,
      initialRatePerUnit: 0,
      maintenanceRatePerUnit: 0,
    };
    for (const schedule of [steps, linear]) {
      expect(scaledSchedule(schedule, 1.5)).toMatchObject({ initialRate: 0.01 });
      expect(scaledSchedule(schedule, 4)).toMatchObject({
        initialRate: 0.02,
        maintenanceRate: 0.02,
      });
    }
  });
});

describe("VolatilityFactor", () => {
  const RULE = {
    halfLifeSeconds: 60,
    referenceVolatility: 0.5,
    least: 0.1,
    most: 10,
    everySeconds: 60,
  };
  const seconds = (count: number): number => count * MICROS_PER_SECOND;

  it("halves the variance of a mark that stands still in each half-life", () => {
    const factor = new VolatilityFactor(RULE);
    expect([0, 60, 120].map((at) => factor.take(seconds(at), 10_000))).toEqual([
      1,
      expect.closeTo(Math.SQRT1_2, 12),
      expect.closeTo(0.5, 12),
    ]);
  });

  it("is set every so often, to the µs, and stands in between", () => {
    const factor = new VolatilityFactor({ ...RULE, halfLifeSeconds: 10 });
    factor.take(0, 10_000);
    expect(factor.take(seconds(60) - 1, 10_000)).toBe(1);
    expect(factor.take(seconds(60), 10_000)).toBeCloseTo(0.125, 6);
  });

  it("stands where it would change by less than 2 %", () => {
    const factor = new VolatilityFactor({ ...RULE, everySeconds: 1 });
    factor.take(0, 10_000);
    // A second takes 0.58 % off, two 1.15 %, and four 2.28 %.
    expect([1, 2, 3].map((at) => factor.take(seconds(at), 10_000))).toEqual([1, 1, 1]);
    expect(factor.take(seconds(4), 10_000)).toBeCloseTo(0.5 ** (2 / 60), 9);
  });

  it("may have one value alone, and no least above the most", () => {
    const one = new VolatilityFactor({ ...RULE, least: 2, most: 2 });
    expect(one.take(0, 10_000)).toBe(2);
    expect(() => new VolatilityFactor({ ...RULE, least: 3, most: 2 })).toThrow(/from 3 to 2/);
  });
});
