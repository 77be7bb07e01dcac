import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maintenanceAmounts, type TieredMargin } from "../src/index.ts";
import { complaint, type Draft, draftVenue, entry, load } from "./draftVenue.ts";

interface DraftTier extends Draft {
  floor: number;
  cap?: number;
  maintenanceRate: number;
  maintenanceAmount?: number;
}

const venueOf = (tiers: readonly Draft[]): Draft =>
  draftVenue({
    margin: {
      A: [entry("2024-01-01", { kind: "tiers", unit: "quote", charge: "marginal", tiers })],
    },
  });

const loaded = (tiers: readonly Draft[]): TieredMargin => {
  const rule = load(venueOf(tiers)).parts.margin["A"]![0]!;
  if (!("value" in rule) || rule.value.kind !== "tiers") throw new Error("no tiers");
  return rule.value;
};

/** Tiers without gaps, of rising rates, with amounts rounded to whole units. */
const schedules = fc
  .array(
    fc.record({ width: fc.integer({ min: 10, max: 1e9 }), rise: fc.integer({ min: 1, max: 90 }) }),
    {
      minLength: 2,
      maxLength: 12,
    },
  )
  .map((steps) => {
    let [floor, points] = [0, 0];
    const tiers = steps.map(({ width, rise }): DraftTier => {
      points += rise;
      const tier = { floor, cap: floor + width, maintenanceRate: points / 10_000 };
      floor += width;
      return tier;
    });
    const amounts = maintenanceAmounts(loaded(tiers).tiers);
    return tiers.map((tier, i) => ({ ...tier, maintenanceAmount: Math.round(amounts[i]!) }));
  });

/** A schedule, and one of its tiers that is not the first. */
const withTier = schedules.chain((tiers) =>
  fc.record({ tiers: fc.constant(tiers), k: fc.integer({ min: 1, max: tiers.length - 1 }) }),
);

const changed = (tiers: readonly DraftTier[], k: number, change: Partial<DraftTier>): Draft[] =>
  tiers.map((tier, i) => (i === k ? { ...tier, ...change } : tier));

const place = (k: number, field: string): string =>
  `rules/draft.json: margin.A[0].value.tiers[${k}].${field}: `;

describe("tiers of margin", () => {
  it("load when they leave no gap, rise, and have the amounts that follow", () => {
    fc.assert(
      fc.property(schedules, (tiers) => {
        const read = loaded(tiers).tiers;
        expect(
          read.map(({ floor, cap, maintenanceRate }) => [floor, cap, maintenanceRate]),
        ).toEqual(tiers.map(({ floor, cap, maintenanceRate }) => [floor, cap, maintenanceRate]));
      }),
    );
  });

  it("are refused with the tier's place where they leave a gap or overlap", () => {
    fc.assert(
      fc.property(withTier, fc.integer({ min: 1, max: 9 }), ({ tiers, k }, by) => {
        const floor = tiers[k]!.floor;
        expect(complaint(venueOf(changed(tiers, k, { floor: floor + by })))).toBe(
          `${place(k, "floor")}${floor + by} is not ${floor}, the cap of the tier before: that is a gap`,
        );
        expect(complaint(venueOf(changed(tiers, k, { floor: floor - by })))).toBe(
          `${place(k, "floor")}${floor - by} is not ${floor}, the cap of the tier before: that is an overlap`,
        );
      }),
    );
  });

  it("are refused where a rate does not rise", () => {
    fc.assert(
      fc.property(withTier, ({ tiers, k }) => {
        const before = tiers[k - 1]!.maintenanceRate;
        const same = changed(tiers, k, { maintenanceRate: before });
        expect(complaint(venueOf(same))).toBe(
          `${place(k, "maintenanceRate")}${before} is not above that of the tier before, ${before}`,
        );
      }),
    );
  });

  it("are refused where an amount is off by more than the venue's rounding, and only that one is named", () => {
    fc.assert(
      fc.property(withTier, fc.double({ min: 1.01, max: 1e6, noNaN: true }), ({ tiers, k }, by) => {
        const stated = tiers[k]!.maintenanceAmount + by;
        expect(complaint(venueOf(changed(tiers, k, { maintenanceAmount: stated })))).toMatch(
          new RegExp(`tiers\\[${k}\\]\\.maintenanceAmount: .* which the tiers up to it give$`),
        );
      }),
    );
  });

  const two = (change: Draft): readonly Draft[] => [
    { floor: 0, cap: 100, maxLeverage: 50, maintenanceRate: 0.01 },
    { floor: 100, cap: 200, maxLeverage: 20, maintenanceRate: 0.02, ...change },
  ];

  it.each([
    ["a cap below the floor", { cap: 90 }, "cap: 90 is not above the tier's floor, 100"],
    [
      "a rate of more than one",
      { maintenanceRate: 2 },
      "maintenanceRate: 2 is not a number above 0 to 1",
    ],
    [
      "maintenance above the initial margin",
      { maintenanceRate: 0.06 },
      "maintenanceRate: 0.06 is not at most the initial rate of the tier, 0.05",
    ],
    [
      "leverage that rises",
      { maxLeverage: 60, maintenanceRate: 0.015 },
      "maxLeverage: 60 is not at most that of the tier before, 50",
    ],
    ["an unknown field", { leverage: 20 }, "leverage: 20 is not known here: "],
    ["a text for a number", { cap: "200" }, 'cap: "200" is not a number above 0'],
  ])("may not have %s", (_, change, expected) => {
    expect(complaint(venueOf(two(change)))).toContain(`${place(1, "").slice(0, -2)}${expected}`);
  });

  it("begin at 0, and only the last may be without a cap", () => {
    expect(complaint(venueOf([{ floor: 5, cap: 9, maintenanceRate: 0.1 }]))).toBe(
      `${place(0, "floor")}5 is not 0, where the first tier begins`,
    );
    const open = two({}).map((tier) => ({ ...tier, cap: undefined }));
    expect(complaint(venueOf(open))).toMatch(/tiers\[1\]: .* is not a tier that can be reached$/);
    expect(complaint(venueOf([two({})[0]!, open[1]!]))).toBe("nothing");
  });
});

describe("other margins", () => {
  const margin = (value: Draft): Draft =>
    draftVenue({ margin: { A: [entry("2024-01-01", { unit: "coin", ...value })] } });
  const linear = {
    kind: "linear",
    initialRate: 0.02,
    maintenanceRate: 0.01,
    initialRatePerUnit: 0.00005,
    maintenanceRatePerUnit: 0.00005,
  };

  it("may not ask for more maintenance than initial margin", () => {
    expect(complaint(margin(linear))).toBe("nothing");
    expect(complaint(margin({ ...linear, maintenanceRate: 0.03 }))).toBe(
      "rules/draft.json: margin.A[0].value.maintenanceRate: 0.03 is not at most the initial rate, 0.02",
    );
  });

  it("are of a kind that is known", () => {
    expect(complaint(margin({ ...linear, kind: "square" }))).toBe(
      'rules/draft.json: margin.A[0].value.kind: "square" is not one of tiers, steps, linear',
    );
  });
});
