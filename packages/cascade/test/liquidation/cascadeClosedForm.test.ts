import { describe, expect, it } from "vitest";
import type { ForcedFill, ForcedOrder, LiquidationMarket } from "../../src/index.ts";
import { flatSchedule, step, World } from "./world.ts";

/** Every lot that is sold moves the price for good, by the same. */
class LinearImpact implements LiquidationMarket {
  sold = 0;
  readonly #priceOf: () => number;

  constructor(priceOf: () => number) {
    this.#priceOf = priceOf;
  }

  take({ lots, side }: ForcedOrder): readonly ForcedFill[] {
    this.sold -= side * lots;
    return [{ price: this.#priceOf(), lots, counterparty: 0 }];
  }

  cancelOrders(): void {}
}

const START = 10_000;
const RATE = 0.005;
/** USD between the prices at which one account and the next are liquidated, and lots of each. */
const SPACING = 0.5;
const LOT = 0.001;

/** How far the price falls after a shock, where one account a spacing is liquidated, and each lot moves the price by `feedback` spacings. */
function fallAfter(shock: number, feedback: number): number {
  let market: LinearImpact | undefined;
  const world = new World({
    steps: [step("market")],
    rate: RATE,
    terms: { schedule: flatSchedule(RATE) },
    engine: ({ marks }) => {
      market = new LinearImpact(() => marks.ticks(0));
      return { market };
    },
  });
  world.mark({ 0: START });
  for (let k = 1; k * SPACING < 3 * shock; k += 1) {
    // Liquidated below its price: margin + (price − start) × lot < rate × price × lot.
    const price = START - k * SPACING;
    world.trader(LOT * (START - price * (1 - RATE)), [{ lots: 1, price: START }]);
  }
  const priceNow = (): number => START - shock - (market?.sold ?? 0) * feedback * SPACING;
  for (let sold = -1; sold !== market?.sold;) {
    sold = market?.sold ?? 0;
    world.mark({ 0: priceNow() });
  }
  return START - priceNow();
}

describe("a cascade through the engine, with liquidations of uniform density n and permanent impact λ", () => {
  it.each([
    [0.1, 1.1111],
    [0.2, 1.25],
    [0.5, 2],
  ])("falls by shock / (1 − λn): λn = %d gives %d (SCIENCE.md, closed forms)", (feedback, move) => {
    const shock = 500;
    // The sum is of whole accounts: the fall is right to a spacing times the multiple.
    expect(Math.abs(fallAfter(shock, feedback) / shock - move)).toBeLessThan(0.003);
  });

  it("falls by the shock alone where nobody is moved by anybody", () => {
    expect(fallAfter(500, 0)).toBe(500);
  });
});
