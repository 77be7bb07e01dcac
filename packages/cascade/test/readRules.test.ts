import { describe, expect, it } from "vitest";
import { complaint, type Draft, draftVenue, entry } from "./draftVenue.ts";

const of = (part: string, value: unknown): Draft =>
  draftVenue({ [part]: { A: [entry("2024-01-01", value)] } });

describe("a rule of liquidation in a file", () => {
  const stepDown = (sizes: Draft): Draft =>
    of("liquidation", {
      trigger: { kind: "belowMaintenance" },
      steps: [{ kind: "stepDown", ...sizes }],
    });

  it("cuts positions to a size below the one from which it cuts, and states both", () => {
    expect(complaint(stepDown({ fromSize: 12_001, toSize: 2_000 }))).toBe("nothing");
    const place = "rules/draft.json: liquidation.A[0].value.steps[0]";
    for (const toSize of [2_000, 2_001]) {
      expect(complaint(stepDown({ fromSize: 2_000, toSize }))).toBe(
        `${place}.toSize: ${toSize} is not below 2000, the size from which on positions are cut`,
      );
    }
    expect(complaint(stepDown({ fromSize: 2_000 }))).toContain(
      `${place}.fromSize: 2000 is not stated`,
    );
    expect(complaint(stepDown({ toSize: 2_000 }))).toContain(`${place}.toSize: 2000 is not stated`);
  });

  it("says in one of three ways what forced orders pay as takers", () => {
    for (const charge of ["none", "added", "included"]) {
      expect(complaint(of("forcedTradingFee", { charge }))).toBe("nothing");
    }
    expect(complaint(of("forcedTradingFee", { charge: "some" }))).toMatch(
      /charge: "some" is not one of none, added, included$/,
    );
  });
});

describe("a rule of options' margin in a file", () => {
  const RULE = {
    covers: [{ base: "BTC", settle: "BTC" }],
    initialRate: 0.15,
    leastInitialRate: 0.1,
    maintenanceRate: 0.075,
    putMaintenanceOfMark: 0.075,
  };

  it("has rates that do not rise from initial to maintenance margin, and options that it covers", () => {
    expect(complaint(of("optionMargin", RULE))).toBe("nothing");
    const wrong = (change: Draft): string => complaint(of("optionMargin", { ...RULE, ...change }));
    expect(wrong({ leastInitialRate: 0.16 })).toMatch(
      /leastInitialRate: 0.16 is not at most the initial rate, 0.15$/,
    );
    expect(wrong({ maintenanceRate: 0.11 })).toMatch(
      /maintenanceRate: 0.11 is not at most the least initial rate, 0.1$/,
    );
    expect(wrong({ initialRate: 0 })).toMatch(/initialRate: 0 is not a number above 0/);
    expect(wrong({ covers: [] })).toMatch(/covers: \[\] is not an array with something in it/);
    expect(wrong({ covers: [...RULE.covers, ...RULE.covers] })).toMatch(
      /is not a list that names BTC in BTC once$/,
    );
    expect(wrong({ more: 1 })).toMatch(/more: 1 is not known here/);
  });
});
