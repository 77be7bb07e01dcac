import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StudyResult } from "@aftershock/strategy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json } from "./aftershock.ts";

type Run = StudyResult & { readonly report: string };

let folder: string;
let lake: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-under-"));
  lake = join(folder, "lake");
  // The preset's news comes out after twenty minutes.
  const window = ["--from", "2001-01-01T12:00:00Z", "--minutes", "26"];
  await json(lake, "simulate", "crash-hour", "--seed", "1", "--impact", "0", ...window);
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function study(name: string, more: string): Promise<string> {
  const path = join(folder, `${name}.ts`);
  await writeFile(
    path,
    `import { defineStudy, deltaNeutral, marketMaking, protectivePut, scaledMaintenance, unhedged } from "aftershock";
export default defineStudy({
  name: "under", day: "2001-01-01", venue: "sim", portfolio: { BTC: 10 },
  hedges: [unhedged(), protectivePut({ tenorDays: 30, moneyness: 0.95 }), deltaNeutral({ with: "perpetual", band: 0.05 })],
  scenarios: [scaledMaintenance({ factor: 1.5 })],
  counterfactual: { calibration: "shipped:sim-crash-hour", draws: 1 },
  ${more}
});
`,
  );
  return path;
}

const out = (name: string): readonly string[] => ["--out", join(folder, name)];
const MAKER =
  'strategies: [marketMaking({ quoteLots: 500, maxPositionLots: 5000, halfSpreadTicks: 20, skewTicks: 4, cash: 10, name: "Maker" })],';

describe("hedges and strategies under scenarios", () => {
  let plain: Run;
  let under: Run;
  beforeAll(async () => {
    plain = await json<Run>(lake, "run", await study("plain", ""), ...out("plain"));
    const path = await study("under", `hedgesUnder: "scenarios", ${MAKER}`);
    under = await json<Run>(lake, "run", path, ...out("under"));
  }, 240_000);

  it("give under no change the very bytes that they give on the record", () => {
    const [same] = under.underScenarios?.scenarios ?? [];
    expect(same).toMatchObject({
      scenario: "No change",
      identical: true,
      diverged: false,
      left: [],
    });
    expect(JSON.stringify(same?.hedges)).toBe(JSON.stringify(plain.outcomes));
    expect(same?.consumed).toEqual({ forced: 0, consumed: 0, unmet: 0, carried: 0 });
    expect(same?.strategies[0]?.fills).toBeGreaterThan(100);
  });

  it("change nothing else of the study's results but its hashes", () => {
    const { underScenarios, config, configHash, stateHash, assumptions, report, ...rest } = under;
    expect(underScenarios?.draw).toBe("central");
    expect(configHash).not.toBe(plain.configHash);
    for (const part of ["outcomes", "chain", "scenarios", "basis", "biases", "warnings"] as const) {
      expect(JSON.stringify(rest[part])).toBe(JSON.stringify(plain[part]));
    }
    expect([config, stateHash, assumptions, report].every(Boolean)).toBe(true);
    expect(plain.underScenarios).toBeUndefined();
  });

  it("see a harder crash under a rule that forces more, on a book from which all of that is consumed", () => {
    const [same, harder] = under.underScenarios?.scenarios ?? [];
    const [coins, put] = harder?.hedges ?? [];
    const [coinsBefore, putBefore] = same?.hedges ?? [];
    expect(harder?.identical).toBe(false);
    expect(coins?.metrics.endUsd).toBeLessThan((coinsBefore?.metrics.endUsd ?? 0) * 0.99);
    const paidMore = (put?.attribution.hedgeUsd ?? 0) - (putBefore?.attribution.hedgeUsd ?? 0);
    expect(paidMore).toBeGreaterThan(0);
    const { forced = 0, consumed = 0, unmet = 0, carried = 0 } = harder?.consumed ?? {};
    expect(forced).toBeGreaterThan(1e6);
    expect((consumed + unmet + carried) / forced).toBeCloseTo(1, 9);
    expect(harder?.strategies[0]?.pnl).not.toBe(same?.strategies[0]?.pnl);
  });

  it("say with the results that there is no band, what is taken for granted and what makes them wrong", async () => {
    const { band, assumed, biases } = under.underScenarios ?? {};
    expect(band?.none).toContain("one path alone");
    expect(assumed?.map(({ part }) => part)).toContain("refills");
    expect(biases?.map(({ name }) => name)).toContain("one path");
    const page = await readFile(under.report, "utf8");
    expect(page).toContain("Hedges and strategies under these rules");
    expect(await readFile(plain.report, "utf8")).not.toContain("under these rules");
  });

  it("are printed as a table, and strategies alone need no hedges", async () => {
    const path = await study("alone", MAKER);
    await writeFile(
      path,
      (await readFile(path, "utf8"))
        .replace(/portfolio.*\n.*hedges.*\n/, "\n")
        .replace("counterfactual: {", 'counterfactual: { instrument: "sim:BTC-PERPETUAL",'),
    );
    const { code, stdout } = await aftershock(lake, "run", path, ...out("alone"));
    expect(code).toBe(0);
    expect(stdout).toContain("no error band");
    expect(stdout).toMatch(/Maintenance margin 50 % higher +Maker +BTC/);
  }, 120_000);
});
