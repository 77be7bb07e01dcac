import { checkRuleSet } from "@aftershock/cascade";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adlRanking,
  changedRules,
  circuitBreaker,
  compose,
  hiddenLevels,
  insuranceFund,
  type Mitigation,
  noChange,
  noLiquidations,
  scaledMaintenance,
  throttledEngine,
  trancheLiquidation,
  twapOracle,
  volatilityMargin,
} from "../../src/index.ts";
import { play, RULES } from "./smallVenue.ts";

const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.double({ min, max, noNaN: true });
const seconds = fc.integer({ min: 1, max: 120 });

const breakers = fc
  .record({ move: between(0.005, 0.2), withinSeconds: seconds, pauseSeconds: seconds })
  .chain((terms) =>
    fc.oneof(
      fc
        .constantFrom("liquidations" as const, "trading" as const)
        .map((stops) => ({ ...terms, stops })),
      between(0.01, 0.9).map((throttleShare) => ({
        ...terms,
        stops: "throttle" as const,
        throttleShare,
      })),
    ),
  )
  .map(circuitBreaker);

/** One arbitrary of each kind; those of different kinds touch different parts of the rules. */
const KINDS: readonly fc.Arbitrary<Mitigation>[] = [
  breakers,
  seconds.map((window) => twapOracle({ seconds: window / 2 })),
  fc
    .record({
      share: between(0.01, 1),
      cooldownSeconds: seconds,
      aboveNotional: between(0, 30_000),
    })
    .map(trancheLiquidation),
  between(0.2, 4).map((factor) => scaledMaintenance({ factor })),
  fc
    .record({ referenceVolatility: between(0.1, 50), least: between(0.1, 1), most: between(1, 5) })
    .map(volatilityMargin),
  fc.oneof(
    between(0, 1e8).map((size) => insuranceFund({ size })),
    between(0, 1_000).map((factor) => insuranceFund({ factor })),
  ),
  fc.oneof(
    fc
      .constantFrom(
        "profitTimesMarginRatio" as const,
        "profitTimesEffectiveLeverage" as const,
        "profitTimesLeverage" as const,
      )
      .map((ranking) => adlRanking({ ranking })),
    fc.constant(adlRanking({ allocation: "proRata" })),
  ),
  fc.constant(hiddenLevels()),
  between(100, 1e6).map((notionalPerSecond) => throttledEngine({ notionalPerSecond })),
];
const anyOne = fc.oneof(...KINDS, fc.constant(noChange()), fc.constant(noLiquidations()));

/** A walk of the mark with jumps, and who holds what. */
const markets = fc.record({
  moves: fc.array(
    fc.integer({ min: -400, max: 350 }).map((bps) => bps * 1e-4),
    { minLength: 30, maxLength: 90, size: "max" },
  ),
  holdings: fc.array(
    fc.record({
      lots: fc.integer({ min: -5_000, max: 5_000 }),
      leverage: fc.integer({ min: 2, max: 40 }),
    }),
    { minLength: 2, maxLength: 12 },
  ),
});

const pathOf = (moves: readonly number[]): readonly number[] => {
  let mark = 10_000;
  return moves.map((move) => (mark *= 1 + move));
};

describe("properties of mitigations", () => {
  it("random mitigations, composed, keep money and lots at every event of the engine", () => {
    let events = 0;
    fc.assert(
      fc.property(fc.array(anyOne, { maxLength: 5 }), markets, (drawn, { moves, holdings }) => {
        const rules = changedRules(compose(...drawn), RULES);
        // `play` checks the sums of the ledger at every event.
        events += play(rules, pathOf(moves), holdings).events.length;
      }),
      { numRuns: 300 },
    );
    expect(events).toBeGreaterThan(3_000);
  });

  it("composing with no change, anywhere, changes nothing", () => {
    fc.assert(
      fc.property(fc.array(anyOne, { maxLength: 4 }), fc.nat(4), (drawn, place) => {
        const padded = drawn.toSpliced(place, 0, noChange());
        const [plain, other] = [compose(...drawn), compose(...padded)];
        expect(other.apply(RULES)).toEqual(plain.apply(RULES));
        expect([other.name, other.kind, other.parameters]).toEqual([
          plain.name,
          plain.kind,
          plain.parameters,
        ]);
      }),
    );
  });

  it("mitigations of different kinds give the same rules in any order, and possible ones", () => {
    const some = fc
      .shuffledSubarray([...KINDS], { minLength: 2 })
      .chain((kinds) => fc.tuple(...kinds));
    const drawn = some.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
      ),
    );
    fc.assert(
      fc.property(drawn, ([list, shuffled]) => {
        const changed = compose(...list).apply(RULES);
        expect(compose(...shuffled).apply(RULES)).toEqual(changed);
        expect(compose(...shuffled).kind).toBe(compose(...list).kind);
        checkRuleSet(changed, "composed");
      }),
    );
  });
});
