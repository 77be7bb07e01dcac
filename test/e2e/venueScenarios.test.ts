import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json } from "./aftershock.ts";
import { venueDay } from "./venueDay.ts";

interface Run {
  readonly simulated: boolean;
  readonly report: string;
  readonly warnings: readonly string[];
  readonly scenarios: readonly {
    readonly name: string;
    readonly pathHash: string;
    readonly recordHash: string;
    readonly identified: string;
    readonly liquidated: { readonly mid: number | null; readonly record: number };
  }[];
  readonly basis: {
    readonly accounts: number;
    readonly printGap: { readonly share: number };
    readonly assumed: readonly {
      readonly part: string;
      readonly value: string;
      readonly why: string;
    }[];
  };
}

let folder: string;
let lake: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-venue-"));
  lake = join(folder, "lake");
  for (const [name, lines] of Object.entries(venueDay())) {
    const path = join(folder, `${name}.csv`);
    await writeFile(path, `${lines.join("\n")}\n`);
    await json(lake, "ingest", "--source", "tardis", path);
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function study(name: string, settings: string): Promise<string> {
  const path = join(folder, `${name}.ts`);
  await writeFile(
    path,
    `import { defineStudy, noLiquidations, scaledMaintenance } from "aftershock";
export default defineStudy({ day: "2025-10-10", scenarios: [noLiquidations(), scaledMaintenance({ factor: 1.3 })], counterfactual: { instrument: "binance-usdm:BTCUSDT", ${settings} } });
`,
  );
  return path;
}

describe("scenarios on a day of a real venue", () => {
  it("run by the venue's dated rules, with positions pinned from its prints, and say all that was assumed", async () => {
    const path = await study("pinned", `positions: "prints", kappa: [1, 3]`);
    const run = await json<Run>(lake, "run", path, "--out", join(folder, "pinned"));
    const [same, none, harsher] = run.scenarios;
    expect(run.simulated).toBe(false);
    expect(same?.pathHash).toBe(same?.recordHash);
    expect(none?.liquidated.record).toBeGreaterThan(10);
    expect(harsher?.identified).toBe("bound");
    expect(run.basis.accounts).toBeGreaterThan(10);
    expect(Math.abs(run.basis.printGap.share)).toBeLessThan(0.2);
    const parts = run.basis.assumed.map(({ part }) => part);
    expect(parts).toContain("engine");
    expect(parts).toContain("positions");
    expect(run.basis.assumed.every(({ value, why }) => value !== "" && why !== "")).toBe(true);
    const page = await readFile(run.report, "utf8");
    expect(page).not.toContain("SIMULATED");
    expect(page).toContain("How far to trust this.");
  });

  it("are refused without accounts to begin with, and by a calibration of simulated days", async () => {
    const absent = await aftershock(
      lake,
      "run",
      await study("absent", ""),
      "--out",
      join(folder, "absent"),
    );
    expect([absent.code, absent.stderr]).toEqual([
      1,
      expect.stringContaining("holds no positions"),
    ]);
    const path = await study(
      "other",
      `positions: "prints", kappa: 1, calibration: "shipped:sim-crash-hour"`,
    );
    const other = await aftershock(lake, "run", path, "--out", join(folder, "other"));
    expect([other.code, other.stderr]).toEqual([
      1,
      expect.stringContaining("is of simulated days"),
    ]);
  });
});
