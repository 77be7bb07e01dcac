import { expect, it } from "vitest";
import { Beginnings } from "../../src/counterfactual/beginnings.ts";
import { longs, populationOf, RULES } from "./world.ts";

const [crowd, other] = [populationOf(longs(3, 400)), populationOf(longs(3, 400))];

it("a beginning is shared by engines of one population under the very same rules, and by nobody else", () => {
  const beginnings = new Beginnings([crowd, other, crowd]);
  const first = beginnings.of(RULES, crowd);
  expect(first).toBeDefined();
  expect(beginnings.of(RULES, crowd)).toBe(first);
  const otherwise = beginnings.of({ ...RULES }, crowd);
  expect(otherwise).toBeDefined();
  expect(otherwise).not.toBe(first);
  expect(beginnings.of(RULES, other)).toBeUndefined();
});

it("what was looked at is given back once all have begun", () => {
  const beginnings = new Beginnings([crowd, crowd]);
  const look = beginnings.of(RULES, crowd)?.look;
  look?.keep(() => ({
    marks: [1],
    lows: [],
    highs: [],
    states: new Uint8Array(),
    stamps: new Float64Array(),
    known: 3,
    nextStamp: 1,
    due: [],
    found: [],
  }));
  expect(look?.of([1], 3)).toBeDefined();
  expect([look?.of([2], 3), look?.of([1], 4)]).toEqual([undefined, undefined]);
  beginnings.forget();
  expect(look?.of([1], 3)).toBeUndefined();
});
