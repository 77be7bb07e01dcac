import { stylisedFacts, type StylisedFacts } from "@aftershock/replay";
import { BUY, SELL } from "@aftershock/schema";
import { beforeAll, describe, expect, it } from "vitest";
import { streamOf } from "../../packages/replay/test/batchOf.ts";
import { FACT_ROWS } from "./factRows.ts";
import { type FactColumn, factsTable, outside, rangeOf, verdict } from "./factsTable.ts";

/** Facts of which `seconds` is a figure to compare. */
let base: StylisedFacts;
beforeAll(async () => {
  const trades = Array.from({ length: 80 }, (_, i) => ({
    tsRecv: i * 1_000_000,
    tsEvent: i * 1_000_000,
    side: i % 2 === 0 ? BUY : SELL,
    price: 1_000,
    size: 10,
  }));
  base = await stylisedFacts([streamOf("trades", trades)]);
});

const ROW = { name: "seconds", of: ({ seconds }: StylisedFacts) => seconds };
const columns = (...seconds: readonly number[]): readonly FactColumn[] =>
  seconds.map((one, i) => ({ name: `capture ${i}`, facts: { ...base, seconds: one } }));

describe("the table of stylised facts", () => {
  it("has a range from two captures on, and without the outermost from six on", () => {
    expect(rangeOf(ROW, columns(3))).toBeUndefined();
    expect(rangeOf(ROW, columns(3, Number.NaN))).toBeUndefined();
    expect(rangeOf(ROW, columns(9, 3))).toEqual({ lowest: 3, highest: 9, told: 2 });
    expect(rangeOf(ROW, columns(1, 5, 2, 4, 3, 99))).toEqual({ lowest: 2, highest: 5, told: 6 });
  });

  it("says how many figures lie in a range, both ends included, and when none is told", () => {
    const range = { lowest: 2, highest: 4, told: 5 };
    expect(verdict([2, 4], range)).toBe("yes");
    expect(verdict([1, 4, 5], range)).toBe("1 of 3");
    expect(verdict([5], range)).toBe("no");
    expect(verdict([], range)).toBe("none told");
    expect(verdict([3], undefined)).toBe("–");
  });

  it("has a row a figure, a column a recording, and names what lies outside", () => {
    const captures = columns(100, 200);
    const simulated = columns(700);
    const [, , ...rows] = factsTable(captures, { calm: simulated, whole: simulated }).split("\n");
    expect(rows).toHaveLength(FACT_ROWS.length);
    for (const row of rows) expect(row.split("|")).toHaveLength(1 + 1 + 2 + 1 + 1 + 2 + 1);
    expect(rows.join("\n")).toContain(
      "| order signs: autocorrelation, lag 1 | -1 | -1 | -1 | -1 |",
    );
    expect(outside(captures, simulated)).toEqual([]);
    const mute = simulated.map((one) => ({ ...one, facts: { ...one.facts, signs: undefined } }));
    expect(outside(captures, mute)).toContain("order signs: autocorrelation, lag 1 (none told)");
  });
});
