import type { ResultsUnderScenarios, ScenarioHedges } from "@aftershock/strategy";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";

import { renderReport } from "../src/index.ts";
import { scenarioInput } from "./exampleScenarios.ts";

const { study: STUDY, ...REST } = scenarioInput();

const STRATEGY = {
  name: "Maker & <co>",
  description: "Quotes.",
  settle: "BTC",
  start: 10,
  end: 9.98,
  pnl: -0.02,
  maxDrawdown: { amount: 0.03, peakAt: null, troughAt: null },
  fills: 3,
  tradedLots: 30,
  fees: 0,
  position: 0,
  largestPosition: 10,
  series: [],
};

const under = (changes: Partial<ScenarioHedges> = {}): ResultsUnderScenarios => ({
  draw: "central",
  band: { none: "one path alone is seen" },
  scenarios: [
    {
      scenario: "No change",
      identical: true,
      diverged: false,
      consumed: null,
      left: [],
      hedges: STUDY.outcomes,
      strategies: [STRATEGY],
      ...changes,
    },
  ],
  assumed: [{ part: "refills", value: "as recorded", why: "not known" }],
  biases: [{ name: "one path", direction: "either", says: "An outcome depends on it." }],
});

const textOf = (underScenarios: ResultsUnderScenarios): string => {
  const { document } = parseHTML(renderReport({ ...REST, study: { ...STUDY, underScenarios } }));
  const heading = [...document.querySelectorAll("h2")].find(({ textContent }) =>
    textContent?.startsWith("Hedges and strategies under"),
  );
  return (heading?.parentElement?.textContent ?? "").replaceAll(/\s+/g, " ");
};

describe("hedges and strategies under scenarios, on a page", () => {
  test("has a column a hedge and strategy, with profit or loss, end and drawdown, and says that there is no band", () => {
    const text = textOf(under());
    for (const { name } of STUDY.outcomes) expect(text).toContain(name);
    expect(text).toContain("Maker & <co>");
    expect(text).toContain("−0.02000 BTC");
    expect(text).toContain("end 9.98, drawdown 0.03000");
    expect(text).toContain("No error band: one path alone is seen.");
    expect(text).toContain("No changethe record");
    expect(text).toContain("refills: as recorded (not known)");
    expect(text).toContain("one path: An outcome depends on it.");
  });

  test("names what could not be moved, and what diverges", () => {
    const left = [
      { stream: "options", instrument: "sim:ETH-OPTIONS", rows: 7, why: "another coin" },
    ] as const;
    const text = textOf(under({ identical: false, diverged: true, left }));
    expect(text).toContain(
      "No change: 7 rows of options of sim:ETH-OPTIONS as recorded (another coin)",
    );
    expect(text).toContain("No changediverges");
  });

  test("is not there where a study does not ask for it", () => {
    expect(renderReport({ ...REST, study: STUDY })).not.toContain("under these rules");
  });
});
