import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError, isoMicros, MICROS_PER_DAY } from "@aftershock/schema";
import { parseVenueRules } from "../src/index.ts";
import { complaint, type Draft, draftVenue, entry, load, SOURCE } from "./draftVenue.ts";
import { shippedTexts } from "./shipped.ts";

const fee = (rate: number): Draft => ({ rate });

/** A venue with one timeline of liquidation fees. */
const fees = (...entries: readonly Draft[]): Draft =>
  draftVenue({ liquidationFee: { A: entries } });

const one = (changes: Draft): Draft => fees(entry("2024-01-01", fee(0.01), changes));

type Way = readonly (string | number)[];

/** The ways to every text, number and flag of a document. */
const leavesOf = (value: unknown, way: Way = []): readonly Way[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...way, key]))
    : [way];

/** The document with an object where a text, number or flag was. */
function withJunk(value: unknown, [key, ...rest]: Way): unknown {
  if (key === undefined) return { junk: true };
  const junk = withJunk((value as Draft)[key], rest);
  return Array.isArray(value)
    ? value.with(Number(key), junk)
    : { ...(value as Draft), [key]: junk };
}

function errorOf(file: string, document: unknown): string {
  try {
    parseVenueRules(file, JSON.stringify(document));
    return "nothing";
  } catch (error) {
    return error instanceof DataError ? error.message : "no DataError";
  }
}

describe("a file of rules", () => {
  it("loads with dates, sources, statuses and reasons", () => {
    const rules = load(
      fees(
        { from: "2020-01-01", absent: "no page was found" },
        entry("2021-06-22T03:30:00Z", fee(0.01), { seenTo: "2021-07-01", note: "as filled" }),
        entry("2022-01-01", fee(0.02), {
          dating: "observed",
          status: "conflict",
          others: [{ says: "1 %", source: { title: "a scrape" } }],
        }),
      ),
    );
    expect(rules.absent).toEqual({
      vault: "not looked up",
      auction: "not looked up",
      system: "not looked up",
    });
    expect(rules.parts.liquidationFee["A"]).toEqual([
      { from: "2020-01-01", dating: "observed", absent: "no page was found" },
      {
        from: "2021-06-22T03:30:00Z",
        dating: "effective",
        seenTo: "2021-07-01",
        value: { rate: 0.01, isMaximum: false, paidTo: undefined },
        source: SOURCE,
        status: "verified",
        note: "as filled",
        others: [],
      },
      expect.objectContaining({
        status: "conflict",
        others: [{ says: "1 %", source: { title: "a scrape", address: undefined } }],
      }),
    ]);
  });

  it.each([
    [
      "an unknown field",
      one({ valid: true }),
      "liquidationFee.A[0].valid: true is not known here: from, value, source, status, dating, seenTo, note, others",
    ],
    ["an unknown part", draftVenue({ fee: {} }), "fee: {} is not known here: venue, title"],
    [
      "a symbol that it does not list",
      draftVenue({ liquidationFee: { B: [] } }),
      "liquidationFee.B: [] is not of a known symbol: A, *",
    ],
    [
      "no source",
      one({ source: undefined }),
      "liquidationFee.A[0].source: nothing is not what must stand here",
    ],
    [
      "a verified value without an address",
      one({ source: { title: "a page" } }),
      'liquidationFee.A[0].source: {"title":"a page"} is not the source of a verified value',
    ],
    [
      "an unknown status",
      one({ status: "likely" }),
      'liquidationFee.A[0].status: "likely" is not one of verified, unverified, conflict',
    ],
    [
      "a conflict that does not say what the others say",
      one({ status: "conflict" }),
      'liquidationFee.A[0].status: "conflict" is not what its others say',
    ],
    [
      "a date that is no day of the calendar",
      fees(entry("2024-02-30", fee(0.01))),
      'liquidationFee.A[0].from: "2024-02-30" is not a UTC day or instant',
    ],
    [
      "a date in another form",
      fees(entry("2024-02-03 10:00", fee(0.01))),
      'liquidationFee.A[0].from: "2024-02-03 10:00" is not a UTC day or instant',
    ],
    [
      "two entries of one date",
      fees(entry("2024-02-03", fee(0.01)), entry("2024-02-03", fee(0.02))),
      'liquidationFee.A[1].from: "2024-02-03" is not after 2024-02-03, where the entry before it begins',
    ],
    [
      "a value seen after the next began",
      fees(
        entry("2024-02-03", fee(0.01), { seenTo: "2024-04-01" }),
        entry("2024-03-03", fee(0.02)),
      ),
      'liquidationFee.A[0].seenTo: "2024-04-01" is not at or before 2024-03-03, where the next entry begins',
    ],
    [
      "a value seen before it began",
      one({ seenTo: "2023-12-31" }),
      'liquidationFee.A[0].seenTo: "2023-12-31" is not at or after 2024-01-01, where the entry begins',
    ],
    ["an empty timeline", fees(), "liquidationFee.A: [] is not an array with something in it"],
    [
      "a rate that is a text",
      fees(entry("2024-01-01", { rate: "1%" })),
      'liquidationFee.A[0].value.rate: "1%" is not a number from 0 to 0.1',
    ],
    [
      "a part that is neither there nor said to be absent",
      { ...one({}), absent: { vault: "not looked up", auction: "not looked up" } },
      "system: nothing is not there for every one of A",
    ],
    [
      "a part that is there and said to be absent",
      { ...one({}), absent: { vault: "x", auction: "x", system: "x", liquidationFee: "x" } },
      'absent.liquidationFee: "x" is not needed: the part is there for every symbol',
    ],
    [
      "a symbol twice",
      { ...one({}), symbols: ["A", "A"] },
      'symbols: ["A","A"] is not a list that names A once',
    ],
  ])("may not have %s", (_, draft, expected) => {
    expect(complaint(draft)).toContain(`rules/draft.json: ${expected}`);
  });

  it("names any two entries that are swapped", () => {
    const days = fc.uniqueArray(fc.integer({ min: 0, max: 20_000 }), {
      minLength: 2,
      maxLength: 9,
    });
    const swapped = days.chain((all) =>
      fc.record({
        days: fc.constant(all.toSorted((a, b) => a - b)),
        k: fc.integer({ min: 1, max: all.length - 1 }),
      }),
    );
    fc.assert(
      fc.property(swapped, ({ days: sorted, k }) => {
        const text = (day: number): string => isoMicros(day * MICROS_PER_DAY).slice(0, 10);
        const entries = sorted.map((day) => entry(text(day), fee(0.01)));
        expect(complaint(fees(...entries))).toBe("nothing");
        const wrong = entries.with(k, entries[k - 1]!).with(k - 1, entries[k]!);
        expect(complaint(fees(...wrong))).toBe(
          `rules/draft.json: liquidationFee.A[${k}].from: "${text(sorted[k - 1]!)}" is not after ${text(sorted[k]!)}, where the entry before it begins`,
        );
      }),
    );
  });

  it("may have no other kind of value anywhere", () => {
    for (const [file, text] of shippedTexts()) {
      const document: unknown = JSON.parse(text);
      fc.assert(
        fc.property(fc.constantFrom(...leavesOf(document)), (way) => {
          expect(errorOf(file, withJunk(document, way))).toMatch(new RegExp(`^${file}: [a-z]`));
        }),
        { numRuns: 60 },
      );
    }
  });

  it("is named for its venue, and is JSON", () => {
    const text = JSON.stringify(one({}));
    expect(() => parseVenueRules("rules/other.json", text)).toThrow(
      "rules/other.json: its venue is draft",
    );
    expect(() => parseVenueRules("rules/draft.json", "{")).toThrow("rules/draft.json: is not JSON");
  });

  it("says what to do", () => {
    try {
      load(fees(entry("2024-02-30", fee(0.01))));
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ hints: ["Write 2021-06-22, or 2021-06-22T03:30:00Z."] });
    }
  });
});
