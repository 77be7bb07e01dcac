import { BUY, ConfigError, SELL } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decayOf, exponentOf, jackknife, meanOf } from "../src/impact/impactParameters.ts";
import { injectedOrder } from "../src/impact/injectedOrder.ts";
import {
  type ImpactState,
  type ImpactTruth,
  measureImpact,
  measuringImpact,
  PRESETS,
  type SimulateOptions,
  simulateTruth,
} from "../src/index.ts";

const DRAWS = 2;
/** A market of few, which is quick. */
const FEW = {
  warmUpSeconds: 20,
  makers: { count: 3, levels: 6, sizeUsd: 27_000 },
  spotMakers: { count: 3, levels: 5, sizeUsd: 54_000 },
  accounts: { count: 200 },
} as const;
const CALM = { preset: "calm-day", seed: 1, minutes: 10, market: FEW } as const;
const calmDay = measureImpact(CALM, DRAWS);
const { value: crashValue } = PRESETS["crash-hour"].market;
const news = [{ ...crashValue.news[0]!, minute: 1, minutes: 2, dropFrom: 0.02, dropTo: 0.03 }];
const crash = measureImpact(
  { seed: 1, minutes: 10, market: { ...FEW, value: { ...crashValue, news } } },
  DRAWS,
);

const stateOf = ({ states }: ImpactTruth, name: ImpactState["state"]): ImpactState => {
  const found = states.find(({ state }) => state === name);
  if (found === undefined) throw new Error(`there is ${name}`);
  return found;
};

/** The response to the reference size right after the order. */
const atOnce = (state: ImpactState, sizeUsd: number): number =>
  state.sizes.find((size) => size.sizeUsd === sizeUsd)!.response[0]!.value;

describe("the impact of forced orders", () => {
  test("pushes the price the way of the order, bought or sold, the further the larger it is", () => {
    const { sizes } = stateOf(calmDay, "calm");
    for (const { bought, sold, response } of sizes) {
      expect(response.map(({ lagSeconds }) => lagSeconds)).toEqual(calmDay.lagSeconds);
      expect(bought[0]!.value).toBeGreaterThan(0);
      expect(sold[0]!.value).toBeGreaterThan(0);
      expect(meanOf([bought[2]!.value, sold[2]!.value])).toBeCloseTo(response[2]!.value, 12);
    }
    for (const lag of [0, 1, 2]) {
      const by = sizes.map(({ response }) => response[lag]!.value);
      expect(by).toEqual(by.toSorted((a, b) => a - b));
    }
  });

  test("is about in proportion to size right after the order", () => {
    const [first] = calmDay.parameters.sizeExponent;
    expect(first!.lagSeconds).toBe(0);
    expect(first!.value).toBeGreaterThan(0.7);
    expect(first!.value).toBeLessThan(1.4);
  });

  test("is larger in a book of half the depth", () => {
    const halved = measureImpact(
      { ...CALM, market: { ...FEW, makers: { ...FEW.makers, sizeUsd: 13_500 } } },
      DRAWS,
    );
    const share = halved.parameters.referenceDepthUsd / calmDay.parameters.referenceDepthUsd;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
    const slopes = [halved, calmDay].map(({ parameters }) => parameters.slopePerUsd[0]!.value);
    expect(slopes[0]! / slopes[1]!).toBeGreaterThan(1.4);
  });

  test("is larger in stress, where less rests in the book", () => {
    const [calm, stress] = [stateOf(crash, "calm"), stateOf(crash, "stress")];
    const size = crash.parameters.referenceSizeUsd;
    expect(stress.depthUsd.value).toBeLessThan(calm.depthUsd.value);
    expect(atOnce(stress, size)).toBeGreaterThan(atOnce(calm, size));
    expect(crash.parameters.depthPower[0]!.value).toBeGreaterThan(0);
  });

  test("is measured in stress only where news come out within the recording", () => {
    expect(calmDay.states.map(({ state }) => state)).toEqual(["calm"]);
    expect(calmDay.parameters.depthPower).toEqual([]);
    const { states } = crash;
    expect(states.map(({ state }) => state)).toEqual(["calm", "stress"]);
    for (const seconds of states[1]!.beginSeconds) {
      expect(seconds).toBeGreaterThanOrEqual(60);
      expect(seconds).toBeLessThanOrEqual((1 + 2 + 5) * 60);
    }
  });

  test("is the same for the same seed, in turns and at once", () => {
    const turns = measuringImpact(CALM, DRAWS);
    const done: number[] = [];
    let turn = turns.next();
    for (; turn.done !== true; turn = turns.next()) done.push(turn.value.done);
    expect(turn.value).toEqual(calmDay);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(DRAWS);
  });

  test("is JSON without gaps, each figure with an error", () => {
    for (const truth of [calmDay, crash]) {
      expect(JSON.parse(JSON.stringify(truth))).toEqual(truth);
      expect(JSON.stringify(truth)).not.toContain("null");
      for (const { sizes, depthUsd, peak } of truth.states) {
        const figures = [depthUsd, peak, ...sizes.flatMap(({ response }) => response)];
        for (const { standardError } of figures) expect(standardError).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test.each([1, 0, 2.5, Number.NaN])("is not measured by %d draws", (draws) => {
    expect(() => measureImpact(CALM, draws)).toThrow(ConfigError);
  });
});

describe("an injected order", () => {
  test("holds its size at the end, changes nothing before it begins, and money and lots conserve", () => {
    const options: SimulateOptions = { ...CALM, minutes: 2 };
    const plain = simulateTruth(options);
    for (const side of [BUY, SELL]) {
      let held = (): number => Number.NaN;
      const order = injectedOrder({ step: 200 + 700, side, sizeUsd: 400_000 });
      const truth = simulateTruth({
        ...options,
        agents: [
          (market) => {
            const account = market.ledger.accountCount;
            held = () => market.perpetual.position(account) * market.perpetual.lotUsd;
            return order(market);
          },
        ],
      });
      expect(held()).toBe(side * 400_000);
      expect(truth.minutes.midUsd[0]).toBe(plain.minutes.midUsd[0]);
      expect(truth.minutes.midUsd[1]).not.toBe(plain.minutes.midUsd[1]);
      const { lots, depositedLots, cash, deposited } = truth.ledgers[0]!;
      expect([lots, cash]).toEqual([depositedLots, deposited]);
    }
  });
});

describe("figures of impact", () => {
  test("have the error of a mean by the jackknife", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 30 }),
        (values) => {
          const found = jackknife(values, meanOf)!;
          const squares = values.reduce((sum, value) => sum + (value - meanOf(values)) ** 2, 0);
          const expected = Math.sqrt(squares / (values.length - 1) / values.length);
          expect(found.value).toBe(meanOf(values));
          expect(found.standardError).toBeCloseTo(expected, 6);
        },
      ),
    );
    expect(jackknife([1], meanOf)).toBeUndefined();
    expect(jackknife([1, 2, 3], (kept) => (kept.includes(2) ? 1 : undefined))).toBeUndefined();
  });

  test("find the exponent of a power law, and none through what is not positive", () => {
    const x = [1, 4, 16, 64];
    expect(
      exponentOf(
        x,
        x.map((own) => 3 * own ** 0.5),
      ),
    ).toBeCloseTo(0.5, 12);
    expect(exponentOf(x, [1, 2, 0, 4])).toBeUndefined();
  });

  test("find the decay time of an exponential within a percent, and none of what does not fall", () => {
    const lags = Array.from({ length: 61 }, (_, index) => 300 + 30 * index);
    for (const tau of [20, 87, 600, 3_000]) {
      const found = decayOf(
        lags,
        lags.map((lag) => 7 * Math.exp((300 - lag) / tau)),
      )!;
      expect(Math.abs(found / tau - 1)).toBeLessThan(0.01);
    }
    expect(
      decayOf(
        lags,
        lags.map((lag) => lag),
      ),
    ).toBeUndefined();
    expect(decayOf(lags.slice(0, 4), [4, 3, 2, 1])).toBeUndefined();
  });
});
