import { describe, expect, it } from "vitest";
import {
  type MarkedPrices,
  MarkResponse,
  RebuiltMark,
} from "../../src/counterfactual/markResponse.ts";
import type { MarkRule } from "../../src/rules/markRule.ts";

const AVERAGE: MarkRule = { kind: "averageBasis", averageSeconds: 10 };
const ORACLE: MarkRule = { kind: "oracle" };
const second = (count: number): number => count * 1e6;

const markOf = (rule: MarkRule): RebuiltMark =>
  new RebuiltMark(rule, { of: "v BTCUSDT", sampleSeconds: "continuous" });

/** The response of a changed rule's mark beside the recorded rule's own. */
function responseOf(
  recorded: MarkRule,
  changed: MarkRule,
): { take: (at: number, mark: number, before: MarkedPrices, after: MarkedPrices) => number } {
  const ofRecord = markOf(recorded);
  const response = new MarkResponse(markOf(changed));
  return {
    take(at, mark, before, after) {
      const rebuiltMark = ofRecord.at(at, before.quoteMid, before.index);
      return response.take(at, { quoteMid: before.quoteMid, mark, rebuiltMark }, after);
    },
  };
}

describe("MarkResponse", () => {
  it("is the recorded mark, bit for bit, where rules and prices are", () => {
    for (const rule of [AVERAGE, ORACLE, { kind: "indexAndFunding", periodSeconds: 60 } as const]) {
      const response = responseOf(rule, rule);
      for (const [count, mid] of [100, 101.7, 99.3].entries()) {
        const prices = { quoteMid: mid, index: 100.1 };
        expect(response.take(second(count), 99.123_456_789, prices, prices)).toBe(99.123_456_789);
      }
    }
  });

  it("falls as the changed rule's mark of the changed prices does against the recorded rule's of the recorded", () => {
    const response = responseOf(AVERAGE, AVERAGE);
    const calm = { quoteMid: 101, index: 100 };
    response.take(second(0), 100, calm, calm);
    const low = { quoteMid: 91, index: 98 };
    // After 5 s of 10 the basis is the mean of 1 and −7 where there are 5 s of each: 98 − 3 over 101.
    response.take(second(5), 100, calm, low);
    expect(response.take(second(10), 100.5, calm, low)).toBeCloseTo((100.5 * 95) / 101, 4);
  });

  it("has each rule for its own prices", () => {
    const before = { quoteMid: 110, index: 100 };
    const after = { quoteMid: 99, index: 90 };
    const toOracle = responseOf(AVERAGE, ORACLE);
    toOracle.take(second(0), 105, before, before);
    expect(toOracle.take(second(5), 105, before, after)).toBeCloseTo((105 * 90) / 110, 9);
    const fromOracle = responseOf(ORACLE, AVERAGE);
    expect(fromOracle.take(second(5), 105, before, after)).toBeCloseTo((105 * 99) / 100, 9);
    // Of the same prices too.
    expect(responseOf(AVERAGE, ORACLE).take(second(5), 105, before, before)).toBeCloseTo(
      (105 * 100) / 110,
      9,
    );
  });

  it("moves as the mid does, at once, where the rule needs what is not there", () => {
    const rule: MarkRule = { kind: "indexAndFunding", periodSeconds: 28_800 };
    const response = responseOf(rule, rule);
    const taken = response.take(
      second(1),
      105,
      { quoteMid: 110, index: 100 },
      { quoteMid: 99, index: 100 },
    );
    expect(taken).toBeCloseTo(105 * 0.9, 12);
  });

  it("takes the mid for impact prices, best prices and the last trade, so that averages of them are slow", () => {
    const impact: MarkRule = { kind: "emaBasis", emaSeconds: 10, bandRate: 0.5 };
    // Its own price is the median of bid, ask and last; with no other venue a short average stands for theirs.
    const venues: MarkRule = {
      kind: "medianWithVenues",
      emaSeconds: 10,
      thirdEmaSeconds: 10,
      venues: [{ name: "elsewhere", weight: 1 }],
    };
    const [high, low] = [
      { quoteMid: 110, index: 100 },
      { quoteMid: 90, index: 100 },
    ];
    // 110 for 10 s, then 90 for 5 s: of a window of 10 s a half, and of exponential weights this share.
    const share = -Math.expm1(-0.5) / -Math.expm1(-1.5);
    for (const [rule, expected] of [
      [AVERAGE, 100],
      [impact, 110 - 20 * share],
      [venues, 110 - 20 * share],
    ] as const) {
      const response = responseOf(rule, rule);
      response.take(second(0), 110, high, high);
      response.take(second(10), 110, high, low);
      expect(response.take(second(15), 110, high, low)).toBeCloseTo(expected, 4);
    }
  });
});
