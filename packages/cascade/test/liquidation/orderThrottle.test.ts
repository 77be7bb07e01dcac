import { describe, expect, it } from "vitest";
import { OrderThrottle } from "../../src/liquidation/orderThrottle.ts";

const OPTIONS = { notionalPerWindow: 1_000, windowMicros: 1_000_000 };
const cut = (at: number) => ({ at, isWhole: false });
const whole = (at: number) => ({ at, isWhole: true });

describe("OrderThrottle", () => {
  it("lets through what is left of a window, in whole lots, and nothing once that is used up", () => {
    const throttle = new OrderThrottle(OPTIONS);
    expect(throttle.allowed(500, 3, cut(0))).toBe(333);
    throttle.use(999);
    // A lot of 3 does not fit into what is left; one of 1 does.
    expect([throttle.allowed(500, 3, cut(999_999)), throttle.allowed(5, 1, cut(999_999))]).toEqual([
      0, 1,
    ]);
    throttle.use(1);
    expect([throttle.allowed(5, 1, cut(999_999)), throttle.allowed(5, 1, whole(999_999))]).toEqual([
      0, 0,
    ]);
    expect(throttle.allowed(500, 3, cut(1_000_000))).toBe(333);
  });

  it("loses what is not used", () => {
    const throttle = new OrderThrottle(OPTIONS);
    throttle.allowed(1, 1, cut(0));
    throttle.use(1);
    expect(throttle.allowed(5_000, 1, cut(5_500_000))).toBe(1_000);
  });

  it("gives a lot that is worth more than a window one to itself, and then waits until it is paid off", () => {
    const throttle = new OrderThrottle(OPTIONS);
    expect(throttle.allowed(3, 2_500, cut(0))).toBe(1);
    throttle.use(2_500);
    expect([1e6, 2e6].map((at) => throttle.allowed(3, 2_500, cut(at)))).toEqual([0, 0]);
    // 500 of the third window are left, which is not a whole one.
    expect(throttle.allowed(3, 2_500, cut(2_999_999))).toBe(0);
    expect(throttle.allowed(3, 500, cut(2_999_999))).toBe(1);
    expect(throttle.allowed(3, 2_500, cut(3e6))).toBe(1);
  });

  it("pays off what was too much from all windows that pass, whether or not anybody asked in them", () => {
    const throttle = new OrderThrottle(OPTIONS);
    expect(throttle.allowed(35, 100, whole(0))).toBe(35);
    throttle.use(3_500);
    expect(throttle.allowed(35, 100, cut(3.2e6))).toBe(5);
  });

  it("begins windows at whole multiples, the next one after an instant that is one itself", () => {
    const throttle = new OrderThrottle(OPTIONS);
    expect([0, 1, 999_999, 1_000_000].map((at) => throttle.nextWindow(at))).toEqual([
      1_000_000, 1_000_000, 1_000_000, 2_000_000,
    ]);
  });

  it("has a share of its pace from the next window on", () => {
    const throttle = new OrderThrottle(OPTIONS);
    expect(throttle.allowed(5_000, 1, cut(0))).toBe(1_000);
    throttle.share = 0.1;
    expect(throttle.allowed(5_000, 1, cut(1))).toBe(1_000);
    expect(throttle.allowed(5_000, 1, cut(1e6))).toBe(100);
    throttle.share = 1;
    expect(throttle.allowed(5_000, 1, cut(2e6))).toBe(1_000);
  });

  it("holds nothing up where there is none", () => {
    const throttle = new OrderThrottle(undefined);
    throttle.use(1e12);
    expect(throttle.allowed(1e9, 1e9, cut(0))).toBe(1e9);
  });
});
