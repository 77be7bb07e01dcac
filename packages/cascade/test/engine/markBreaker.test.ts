import { MICROS_PER_SECOND } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { MarkBreaker } from "../../src/engine/markBreaker.ts";
import type { BreakerRule } from "../../src/rules/ruleSet.ts";
import { at } from "./venue.ts";

const RULE: BreakerRule = {
  move: 0.05,
  withinSeconds: 10,
  pauseSeconds: 30,
  stops: "liquidations",
};

describe("MarkBreaker", () => {
  it("opens at the move itself, down and up, and not a little before", () => {
    for (const [mark, isOpen] of [
      [95.000_001, false],
      [95, true],
      [104.999_999, false],
      [105, true],
    ] as const) {
      const breaker = new MarkBreaker(RULE);
      breaker.take(at(0), 100);
      expect(breaker.take(at(1), mark)).toBe(isOpen);
    }
  });

  it("counts a mark that is as old as the window, and none that is older", () => {
    for (const [seconds, isOpen] of [
      [10, true],
      [10.000_001, false],
    ] as const) {
      const breaker = new MarkBreaker(RULE);
      breaker.take(at(0), 100);
      expect(breaker.take(at(seconds), 95)).toBe(isOpen);
    }
  });

  it("is closed at the end of its pause, and has forgotten highs and lows of before", () => {
    for (const [from, to] of [
      [100, 95],
      [100, 105],
    ] as const) {
      const breaker = new MarkBreaker({ ...RULE, withinSeconds: 1_000 });
      breaker.take(at(0), from);
      expect(breaker.take(at(1), to)).toBe(true);
      expect(breaker.take(at(30.999_999), to)).toBe(true);
      expect([breaker.take(at(31), to), breaker.take(at(32), to), breaker.opened]).toEqual([
        false,
        false,
        1,
      ]);
    }
  });

  it("opens where a look at every mark of the window would, over thousands of marks one way and the other", () => {
    // Each mark a second after the one before: 3,000 that fall, 3,000 that rise, jumps of some percent in between.
    const marks = Array.from({ length: 6_000 }, (_, i) => {
      const drift = i < 3_000 ? -i : i - 6_000;
      const jump = i % 1_447 === 1_446 ? (i % 2 === 0 ? 0.07 : -0.07) : 0;
      return 1_000 * Math.exp(drift / 20_000 + jump + 0.000_02 * Math.sin(i));
    });
    const { move, withinSeconds, pauseSeconds } = RULE;
    const breaker = new MarkBreaker(RULE);
    let [since, openUntil, opened] = [0, -1, 0];
    for (const [second, mark] of marks.entries()) {
      let isOpen = second < openUntil;
      if (!isOpen) {
        const window = marks.slice(Math.max(since, second - withinSeconds), second + 1);
        isOpen =
          mark <= Math.max(...window) * (1 - move) || mark >= Math.min(...window) * (1 + move);
        if (isOpen) {
          openUntil = second + pauseSeconds;
          since = openUntil;
          opened += 1;
        }
      }
      expect(breaker.take(second * MICROS_PER_SECOND, mark)).toBe(isOpen);
    }
    expect(opened).toBeGreaterThan(2);
    expect(breaker.opened).toBe(opened);
  });

  it("throttles to a share above 0 and below 1, and refuses others", () => {
    const throttle = { ...RULE, stops: "throttle" } as const;
    expect(() => new MarkBreaker(throttle)).toThrow(/is none/);
    for (const throttleShare of [0, 1, Number.NaN]) {
      expect(() => new MarkBreaker({ ...throttle, throttleShare })).toThrow(/is none/);
    }
    expect(new MarkBreaker({ ...throttle, throttleShare: 0.5 }).opened).toBe(0);
  });
});
