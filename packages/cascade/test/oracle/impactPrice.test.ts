import { ContractValue, L2Book, type SideReads } from "@aftershock/replay";
import { decimal, type Instrument } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { impactPrice, impactValue } from "../../src/index.ts";

const LINEAR: Instrument = {
  id: "v:X",
  venue: "v",
  symbol: "X",
  kind: "perpetual",
  contract: "linear",
  multiplier: 1,
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  tick: decimal("0.1"),
  lot: decimal("0.001"),
  gridSource: "table",
};
const INVERSE: Instrument = {
  ...LINEAR,
  contract: "inverse",
  quote: "USD",
  settle: "BTC",
  lot: decimal("1"),
};

/** Asks of a book, [ticks, lots], best first. */
const asks = (levels: readonly (readonly [number, number])[]): SideReads => ({
  side: -1,
  depth: levels.length,
  bestPrice: levels[0]?.[0] ?? Number.NaN,
  bestSize: levels[0]?.[1] ?? 0,
  sizeAt: (price) =>
    (levels.find(([at]) => at === price)?.[1] ?? 0) as ReturnType<SideReads["sizeAt"]>,
  priceAfter: (price) => levels.find(([at]) => at > price)?.[0] ?? Number.NaN,
});

describe("an impact price", () => {
  const linear = new ContractValue(LINEAR);
  const inverse = new ContractValue(INVERSE);

  it("is the average price of what the notional buys: of 150 USDT at 100 and 110 it is 150 / (1 + 50/110)", () => {
    const side = asks([
      [1_000, 1_000],
      [1_100, 5_000],
    ]);
    expect(impactPrice(side, linear, 150) / 10).toBeCloseTo(150 / (1 + 50 / 110), 10);
    expect(impactPrice(side, linear, 100)).toBe(1_000);
    expect(impactPrice(side, linear, 651)).toBeNaN();
  });

  it("of an inverse contract is contracts / coin", () => {
    // 1,000 USD at 100 is 10 coins; 2 more at 110 are 220 USD.
    const side = asks([
      [1_000, 1_000],
      [1_100, 5_000],
    ]);
    expect(impactPrice(side, inverse, 12) / 10).toBeCloseTo(1_220 / 12, 10);
  });

  it("is absent on a side that is empty or too thin, and refused for an order of nothing", () => {
    expect(impactPrice(new L2Book(LINEAR).askSide, linear, 1)).toBeNaN();
    expect(impactPrice(asks([[10, 1]]), linear, 1)).toBeNaN();
    expect(() => impactPrice(asks([[10, 1]]), linear, 0)).toThrow(/worth 0 has no impact price/);
  });

  it("lies between the best price and the worst, and is worse for more", () => {
    const levelsArb = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 100, max: 200 }), fc.integer({ min: 1, max: 1e6 })),
      {
        selector: ([price]) => price,
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(
        levelsArb,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.constantFrom(linear, inverse),
        (levels, part, contract) => {
          const sorted = levels.toSorted(([a], [b]) => a - b);
          const side = asks(sorted);
          const worth = sorted.reduce(
            (sum, [price, size]) => sum + Math.abs(contract.steps(size, price)),
            0,
          );
          const whole = worth * contract.unit * 0.999_999;
          const some = impactPrice(side, contract, whole * part);
          const all = impactPrice(side, contract, whole);
          const prices = sorted.map(([price]) => price);
          expect(some).toBeGreaterThanOrEqual(Math.min(...prices) * (1 - 1e-12));
          expect(all).toBeLessThanOrEqual(Math.max(...prices) * (1 + 1e-12));
          expect(some).toBeLessThanOrEqual(all * (1 + 1e-12));
        },
      ),
    );
  });
});

describe("the impact notional", () => {
  it("is 200 USDT over the initial rate of the highest leverage on Binance: 25,000 USDT at 125×", () => {
    expect(impactValue({ amount: 200, of: "margin", unit: "USDT" }, 1 / 125)).toBe(25_000);
    expect(impactValue({ amount: 10_000, of: "notional", unit: "USDC" })).toBe(10_000);
    expect(() => impactValue({ amount: 200, of: "margin", unit: "USDT" })).toThrow(
      /What 200 USDT of margin carries/,
    );
  });
});
