import { describe, expect, it } from "vitest";
import { JsonPlace, type NumberRange } from "../src/index.ts";

const place = (value: unknown): JsonPlace => new JsonPlace("rules.json", value);

const complaint = (read: () => unknown): string => {
  try {
    read();
    return "nothing";
  } catch (error) {
    return error instanceof Error ? error.message : "no error";
  }
};

describe("a place of a JSON file", () => {
  it.each<readonly [number, NumberRange, string]>([
    [0, { above: 0 }, "rules.json: 0 is not a number above 0"],
    [-1, { from: 0 }, "rules.json: -1 is not a number from 0"],
    [24, { from: 0, to: 23, whole: true }, "rules.json: 24 is not a whole number from 0 to 23"],
    [1.5, { whole: true }, "rules.json: 1.5 is not a whole number"],
    [2 ** 53, { whole: true }, "rules.json: 9007199254740992 is not a whole number"],
    [0, { from: 0 }, "nothing"],
    [23, { from: 0, to: 23, whole: true }, "nothing"],
  ])("takes %d within a range only", (value, range, expected) => {
    expect(complaint(() => place(value).number(range))).toBe(expected);
  });

  it("gives fields whose names are data in the order of the file, with the way to each", () => {
    const entries = place({ margin: { ETHUSDT: [1], BTCUSDT: [2] } })
      .at("margin")
      .entries();
    expect(entries.map(([name, { path, value }]) => [name, path, value])).toEqual([
      ["ETHUSDT", "margin.ETHUSDT", [1]],
      ["BTCUSDT", "margin.BTCUSDT", [2]],
    ]);
    expect(complaint(() => place([1]).entries())).toBe("rules.json: [1] is not an object");
  });

  it("tells the kind of an object before its fields are read", () => {
    expect(place({ kind: "a", more: 1 }).kind(["a", "b"])).toBe("a");
    expect(complaint(() => place({ kind: "c" }).kind(["a", "b"]))).toBe(
      'rules.json: kind: "c" is not one of a, b',
    );
    expect(complaint(() => place("a").kind(["a"]))).toBe('rules.json: "a" is not an object');
  });

  it("does not take for a field what every object inherits", () => {
    expect(place({}).at("constructor").value).toBeUndefined();
    expect(place([5]).at(0).at("toString").value).toBeUndefined();
  });

  it("says what to do, in its own words where they are given", () => {
    expect(place(1).wrong("a text").hints[0]).toMatch(/^Correct the file/);
    expect(place(1).wrong("a text", "Write it in quotes.").hints).toEqual(["Write it in quotes."]);
  });
});
