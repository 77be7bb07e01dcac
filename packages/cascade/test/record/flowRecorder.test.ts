import { micros } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RecordedStep } from "../../src/counterfactual/recordedStep.ts";
import { lastingResponse, noResponse } from "../../src/counterfactual/boundResponses.ts";
import { AttributedMove } from "../../src/record/attributedMove.ts";
import { calibrateResponses } from "../../src/record/calibrateResponses.ts";
import { FlowRecorder } from "../../src/record/flowRecorder.ts";
import type { StepFlow } from "../../src/record/stepFlow.ts";

const STEP = 100_000;
const START = 978_307_200_000_000;

const step = (place: number, mid: number, depth = 1e6): RecordedStep => ({
  at: micros(START + (place + 1) * STEP),
  bid: mid - 1,
  ask: mid + 1,
  mark: mid / 10,
  index: mid / 10,
  bidDepth: depth,
  askDepth: depth * 2,
});
const flow = (printed: number, taken = printed): StepFlow => ({
  taken,
  traded: Math.abs(taken),
  printed,
  bought: Math.max(0, taken),
  sold: Math.max(0, -taken),
  openInterest: Number.NaN,
});
const SCALE = { reference: 1e6, power: 0.5 };

describe("FlowRecorder", () => {
  it("sums flow up by bins, forced and other apart, and moves from the end of one bin to that of the next", () => {
    const recorder = new FlowRecorder(1, 1);
    for (let place = 0; place < 30; place += 1) {
      const forced = place === 12 ? -1_000 : place === 13 ? 500 : 0;
      recorder.take(step(place, 100_000 - place * 10), flow(forced, forced + 100));
    }
    const day = recorder.day("d", "price", SCALE);
    expect(day.returns).toHaveLength(3);
    expect(day.returns[0]).toBe(0);
    expect(day.returns[1]).toBeCloseTo(Math.log(99_810 / 99_910), 12);
    expect(day.others).toEqual(Float64Array.of(1_000, 1_000, 1_000));
    // Buying met twice the depth: the slope is lower by its root, and the flow counts for that much less.
    expect(day.forced[1]).toBeCloseTo(-1_000 + 500 / Math.sqrt(2), 9);
    expect([day.forced[0], day.forced[2]]).toEqual([0, 0]);
    expect(recorder.forcedNotional).toBe(1_500);
    expect(recorder.medianDepth).toBe(1.5e6);
  });

  it("takes κ times what was printed to be forced, and that much less to be others'", () => {
    const recorder = new FlowRecorder(1, 3);
    recorder.take(step(0, 100_000), flow(-100, -500));
    const { forced, others } = recorder.day("d", "index", SCALE);
    expect([forced[0], others[0]]).toEqual([-300, -200]);
  });

  it("leaves bins in a gap without movement and flow, and the jump over it out", () => {
    const recorder = new FlowRecorder(1, 1);
    for (let place = 0; place < 10; place += 1) recorder.take(step(place, 100_000), flow(0));
    for (let place = 40; place < 60; place += 1)
      recorder.take(step(place, 90_000 + place), flow(0));
    const { returns } = recorder.day("d", "price", SCALE);
    expect(returns).toHaveLength(6);
    expect([...returns.subarray(0, 5)]).toEqual([0, 0, 0, 0, 0]);
    expect(returns[5]).toBeCloseTo(Math.log(90_059 / 90_049), 12);
  });

  it("never loses flow, however steps and gaps lie", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: -500, max: 500 })), {
          minLength: 1,
          maxLength: 60,
        }),
        (moves) => {
          const recorder = new FlowRecorder(1, 1);
          let place = 0;
          let all = 0;
          for (const [apart, forced] of moves) {
            place += apart;
            all += forced;
            recorder.take(step(place, 100_000), flow(forced, 7));
          }
          const { forced, others } = recorder.day("d", "price", { reference: 1e6, power: 0 });
          const sum = (values: Float64Array): number =>
            values.reduce((total, one) => total + one, 0);
          expect(sum(forced)).toBeCloseTo(all, 6);
          expect(sum(others)).toBeCloseTo(7 * moves.length - all, 6);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("calibrateResponses", () => {
  const uniform = (draw: number, slot: number): number =>
    ((draw * 31 + slot * 17) % 97) / 97 + 0.005;

  /** A price that falls by 2e-10 of its logarithm a unit of forced flow, and recovers with 60 s; with small noise. */
  function day(seed: number): FlowRecorder {
    const recorder = new FlowRecorder(5, 1);
    let [delta, state, value] = [0, seed, 0];
    const noise = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32 - 0.5;
    };
    for (let place = 0; place < 36_000; place += 1) {
      const forced = noise() > 0.49 ? -2e6 : 0;
      value += noise() * 2e-5;
      delta = delta * Math.exp(-0.1 / 60) + forced * 2e-10;
      const mid = 1e9 * Math.exp(delta + value);
      recorder.take(step(place, mid), flow(forced, forced + noise() * 1e4));
    }
    return recorder;
  }

  it("finds an answer that was put in: the slope within a fifth, decay within a half", () => {
    const days = [1, 2, 3].map((seed) => ({ name: `day ${seed}`, flow: day(seed) }));
    const { price, referenceDepth } = calibrateResponses(days, {
      draws: 3,
      uniform,
      stepSeconds: 0.1,
    });
    expect(referenceDepth).toBe(1.5e6);
    expect(price).toHaveLength(4);
    const { slope = 0, tauSeconds = 0 } = price[0]?.exponential ?? {};
    // Slopes hold at the reference depth, and selling met two thirds of it.
    const expected = 2e-10 * Math.sqrt(1e6 / 1.5e6);
    expect(slope / expected).toBeGreaterThan(0.8);
    expect(slope / expected).toBeLessThan(1.25);
    expect(tauSeconds).toBeGreaterThan(40);
    expect(tauSeconds).toBeLessThan(90);
  });

  it("refuses days on which nothing was forced", () => {
    const quiet = new FlowRecorder(5, 1);
    for (let place = 0; place < 5_000; place += 1) quiet.take(step(place, 1e6), flow(0, 5));
    expect(() =>
      calibrateResponses([{ name: "quiet", flow: quiet }], { draws: 0, uniform, stepSeconds: 0.1 }),
    ).toThrow(/No forced order hit the book on quiet/);
  });
});

describe("the bounds of an answer that is not calibrated", () => {
  it("are none at all, and a slope by which forced flow made all of the move", () => {
    const move = new AttributedMove();
    move.take(step(0, 100_000), flow(0));
    for (let place = 1; place <= 10; place += 1) {
      move.take(step(place, 100_000 * Math.exp(-0.01 * place)), flow(-1_000));
    }
    move.take(step(11, 99_000), flow(0));
    expect(move.slope(1)).toBeCloseTo(0.1 / 10_000, 12);
    expect(move.slope(2)).toBeCloseTo(0.1 / 20_000, 12);
    const kernel = lastingResponse(1e-5).price({ bid: 0, ask: 0 });
    kernel.add({ at: 0, recorded: -10_000, changed: 0, slope: 1e-5 });
    expect(kernel.delta(1e13)).toBeCloseTo(0.1, 12);
    const still = noResponse().price({ bid: 0, ask: 0 });
    still.add({ at: 0, recorded: -10_000, changed: 0, slope: 1 });
    expect(still.delta(1)).toBe(0);
  });

  it("have no upper one where nothing was forced, or the price went the other way", () => {
    const quiet = new AttributedMove();
    quiet.take(step(0, 100_000), flow(0));
    expect(quiet.slope(1)).toBeUndefined();
    const rising = new AttributedMove();
    for (let place = 0; place < 10; place += 1) {
      rising.take(step(place, 100_000 + place * 100), flow(-1_000));
    }
    expect(rising.slope(1)).toBeUndefined();
  });
});
