import { describe, expect, test } from "vitest";

import { spreadLabels } from "../src/endLabels.ts";
import { timeAxis } from "../src/timeAxis.ts";
import { valueAxis } from "../src/valueAxis.ts";

const at = (...parts: [number, number, number, number?, number?]): number =>
  Date.UTC(...parts) * 1_000;

describe("timeAxis", () => {
  test("marks days by name over days", () => {
    const axis = timeAxis(at(2026, 0, 29, 4), at(2026, 1, 7, 21), 10);
    expect(axis.ticks.map(axis.format)).toEqual([
      "30 Jan",
      "31 Jan",
      "1 Feb",
      "2 Feb",
      "3 Feb",
      "4 Feb",
      "5 Feb",
      "6 Feb",
      "7 Feb",
    ]);
  });

  test("marks minutes within an hour and puts the day under the first", () => {
    const axis = timeAxis(at(2001, 0, 1, 12), at(2001, 0, 1, 13), 5);
    expect(axis.ticks.map(axis.format)).toEqual([
      "12:00\n1 Jan",
      "12:15",
      "12:30",
      "12:45",
      "13:00",
    ]);
  });

  test("has ticks for a single instant", () => {
    const noon = at(2001, 0, 1, 12);
    expect(timeAxis(noon, noon, 5).ticks).toEqual([noon]);
  });
});

describe("valueAxis", () => {
  test("writes ticks so that no two read the same", () => {
    const axis = valueAxis([1_201_000, 1_203_000], "usd");
    const texts = axis.ticks.map(axis.format);
    expect(texts).toEqual(["$1.2010m", "$1.2015m", "$1.2020m", "$1.2025m", "$1.2030m"]);
  });

  test("ends at a value that it must include where nothing lies beyond", () => {
    const axis = valueAxis([-0.1, -0.273], "percent", { include: [0] });
    expect(axis.domain[1]).toBe(0);
    expect(axis.domain[0]).toBeLessThan(-0.273);
    expect(axis.ticks.map(axis.format).at(-1)).toBe("0\u00a0%");
  });

  test("leaves out what is not finite, and has a range for one value and for none", () => {
    const [least, most] = valueAxis([Number.NaN, 5, 5], "plain").domain;
    expect(least).toBeCloseTo(4.946);
    expect(most).toBeCloseTo(5.054);
    expect(valueAxis([], "plain").domain[0]).toBeLessThan(0.01);
  });
});

describe("spreadLabels", () => {
  test("leaves labels with room where they are", () => {
    expect(spreadLabels([100, 20, 60], 15, 0, 200)).toEqual([100, 20, 60]);
  });

  test("moves labels apart in their order and keeps them inside", () => {
    expect(spreadLabels([100, 101, 99], 15, 0, 200)).toEqual([114, 129, 99]);
    expect(spreadLabels([199, 200], 15, 0, 200)).toEqual([185, 200]);
    expect(spreadLabels([-5, 0], 15, 0, 200)).toEqual([0, 15]);
  });

  test("squeezes labels that do not fit", () => {
    expect(spreadLabels([10, 10, 10], 15, 0, 20)).toEqual([0, 10, 20]);
  });
});
