import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type CounterfactualOptions,
  type CounterfactualResult,
  depthSlope,
  ExponentialKernel,
  type RecordedStep,
} from "@aftershock/cascade";
import { changedRules, checkMitigation, type Mitigation } from "@aftershock/strategy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  plantedDay,
  recordedSteps,
  snapshotPopulation,
  STEP_MICROS,
  tickOf,
} from "../validation/counterfactual/plantedDay.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const DOC = join(ROOT, "docs/write-a-mitigation.md");
const BUILT = join(ROOT, "dist");

/** The files of the page: each block of TypeScript, in order. */
const blocks = [...readFileSync(DOC, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, code = ""]) => code,
);

interface Page {
  readonly fundFirst: (size: number) => Mitigation;
  readonly compare: (
    day: Omit<CounterfactualOptions, "scenarios"> & { readonly steps: Iterable<RecordedStep> },
  ) => CounterfactualResult;
}

describe("docs/write-a-mitigation.md", () => {
  // Within the workspace, so that what the page imports is found.
  mkdirSync(BUILT, { recursive: true });
  const folder = mkdtempSync(join(BUILT, "page-"));
  let page: Page;

  beforeAll(async () => {
    for (const [i, name] of ["fundFirst.ts", "compare.ts"].entries()) {
      writeFileSync(join(folder, name), blocks[i] ?? "");
    }
    const load = async (name: string): Promise<Page> =>
      import(pathToFileURL(join(folder, name)).href);
    const [{ fundFirst }, { compare }] = [await load("fundFirst.ts"), await load("compare.ts")];
    page = { fundFirst, compare };
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("has two files, and the mitigation is one of at most 20 lines", () => {
    expect(blocks).toHaveLength(2);
    expect(blocks[0]!.trimEnd().split("\n").length).toBeLessThanOrEqual(20);
  });

  it("runs as it stands on a simulated crash: no change is the record, and the fund keeps forced selling off the book", () => {
    const day = plantedDay({ preset: "crash-hour", seed: 20, minutes: 40 });
    const slope = depthSlope({ slope: 1.5e-8, referenceDepth: 1e6 });
    const kernel = (): ExponentialKernel => new ExponentialKernel({ tauSeconds: 90 });
    const response = {
      name: "exponential",
      price: kernel,
      index: kernel,
      priceSlope: slope,
      indexSlope: slope,
      removesSpikes: true,
    };
    const { record, scenarios } = page.compare({
      steps: recordedSteps(day),
      recorded: day.rules,
      draws: [{ population: snapshotPopulation(day), response }],
      mark: { of: "the simulated venue", bandRate: "none", fairPrice: "mid" },
      stepMicros: STEP_MICROS,
      tick: tickOf(day),
    });
    const [same, first] = scenarios;
    expect([same!.name, first!.name]).toEqual(["No change", "Fund of 2000 first"]);
    expect(same!.pathHash).toBe(record.recordHash);
    expect(first!.pathHash).not.toBe(record.recordHash);
    const [plain, changed] = [same!.runs[0]!, first!.runs[0]!];
    expect(plain.figures).toEqual(record.engines[0]);
    expect(plain.figures.forcedSold).toBeGreaterThan(1e6);
    expect(changed.figures.forcedSold).toBeLessThan(plain.figures.forcedSold / 2);
    expect(changed.figures.takenOver).toBeGreaterThan(1e6);
    expect(changed.path.low).toBeGreaterThan(plain.path.low);
    checkMitigation(page.fundFirst(500));
    expect(changedRules(page.fundFirst(500), day.rules).insuranceFund).toBe(500);
  }, 120_000);
});
