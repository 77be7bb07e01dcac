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
  readonly report: string;
}

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
    };
    const text = `${JSON.stringify(found, undefined, 2)}\n`;
    const expected = existsSync(EXPECTED) ? await readFile(EXPECTED, "utf8") : "";
    if (text !== expected) await writeFile(EXPECTED.replace(".json", "-changed.json"), text);
    expect(JSON.parse(text)).toEqual(JSON.parse(expected === "" ? "null" : expected));

    const second = await json<Results>(lake, "run", "demo", "--out", join(folder, "b"));
    expect(await readFile(second.report, "utf8")).toBe(await readFile(first.report, "utf8"));
  });
});
