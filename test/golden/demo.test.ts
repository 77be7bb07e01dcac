import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json } from "../e2e/aftershock.ts";

const EXPECTED = join(import.meta.dirname, "demo/expected.json");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-golden-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Results {
  readonly configHash: string;
  readonly stateHash: string;
  readonly outcomes: readonly {
    name: string;
    metrics: unknown;
    costs: unknown;
    attribution: unknown;
  }[];
  readonly scenarios: readonly Record<string, unknown>[];
  readonly report: string;
  readonly scenarioTable: string;
  readonly pathTable: string;
}

/** A number with twelve digits: the last bits of a logarithm may differ from machine to machine. */
const rounded = (value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(12)) : value;

/** The figures of a scenario that are looked at here: hashes, and what a reader sees first. */
const scenarioOf = (scenario: Record<string, unknown>): Record<string, unknown> => {
  const { name, kind, recordHash, pathHash, identical, low30, forcedNotional, liquidated } =
    scenario;
  const { fund, gains, cascadeProbability, divergedShare, draws } = scenario;
  const figures = { low30, forcedNotional, liquidated, fund, gains };
  const text = JSON.stringify(figures, (_, value: unknown) => rounded(value));
  const rest = JSON.parse(text) as Record<string, unknown>;
  const told = { name, kind, recordHash, pathHash, identical, cascadeProbability, divergedShare };
  return { ...told, draws, ...rest };
};

describe("the demo", () => {
  it("gives the results that it gave before; a change belongs in the changelog under Results changed", async () => {
    const lake = join(folder, "lake");
    const first = await json<Results>(lake, "run", "demo", "--out", join(folder, "a"));
    const replayed = await json<{ stateHash: string; gaps: unknown[] }>(
      lake,
      "replay",
      "sim:BTC-PERPETUAL",
      "sim:BTC-OPTIONS",
    );
    const found = {
      configHash: first.configHash,
      stateHash: first.stateHash,
      replay: { stateHash: replayed.stateHash, gaps: replayed.gaps },
      outcomes: first.outcomes.map(({ name, metrics, costs, attribution }) => ({
        name,
        metrics,
        costs,
        attribution,
      })),
      scenarios: first.scenarios.map(scenarioOf),
    };
    const text = `${JSON.stringify(found, undefined, 2)}\n`;
    const expected = existsSync(EXPECTED) ? await readFile(EXPECTED, "utf8") : "";
    if (text !== expected) await writeFile(EXPECTED.replace(".json", "-changed.json"), text);
    expect(JSON.parse(text)).toEqual(JSON.parse(expected === "" ? "null" : expected));

    const second = await json<Results>(lake, "run", "demo", "--out", join(folder, "b"));
    expect(await readFile(second.report, "utf8")).toBe(await readFile(first.report, "utf8"));
    for (const table of ["scenarioTable", "pathTable"] as const) {
      expect(await readFile(second[table])).toEqual(await readFile(first[table]));
    }
  }, 180_000);
});
