import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json } from "./aftershock.ts";
import { venueDay } from "./venueDay.ts";

interface Figure {
  readonly low: number | null;
  readonly mid: number | null;
  readonly high: number | null;
  readonly spread: { readonly low: number; readonly high: number } | null;
  readonly record: number;
}

interface Scenario {
  readonly name: string;
  readonly pathHash: string;
  readonly recordHash: string;
  readonly identified: string;
  readonly boundBecause: readonly string[];
  readonly bands: Readonly<Record<string, string | { readonly none: string }>>;
  readonly liquidated: Figure;
  readonly forcedNotional: Figure;
  readonly low30: Figure;
  readonly cascadeProbability: number | null;
}

interface Run {
  readonly simulated: boolean;
  readonly report: string;
  readonly configHash: string;
  readonly warnings: readonly string[];
  readonly scenarios: readonly Scenario[];
  readonly basis: {
    readonly population: string;
    readonly accounts: number;
    readonly kernels: readonly string[];
    readonly printGap: { readonly share: number } | null;
    readonly assumed: readonly {
      readonly part: string;
      readonly value: string;
      readonly why: string;
    }[];
  };
}

let folder: string;
/** Without prints; without open interest besides; with prints, and open interest that stays. */
let lake: string;
let silent: string;
let printed: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-shadow-"));
  // Takers sell ten times as much while the price falls, and open interest falls by 100 coins.
  const soldAt = (second: number): number => (second > 60 && second < 125 ? 5 : 0.5);
  const openInterestAt = (second: number): number =>
    50_000 - 100 * Math.min(1, Math.max(0, (second - 65) / 60));
  const { liquidations, ...day } = venueDay({ soldAt, openInterestAt });
  const { derivative_ticker: silentTickers } = venueDay({ openInterestAt: () => undefined });
  const { derivative_ticker: flatTickers } = venueDay();
  const days = {
    lake: day,
    silent: { ...day, derivative_ticker: silentTickers },
    printed: { ...day, derivative_ticker: flatTickers, liquidations },
  };
  for (const [name, files] of Object.entries(days)) {
    for (const [file, lines] of Object.entries(files)) {
      const path = join(folder, `${name}-${file}.csv`);
      await writeFile(path, `${lines.join("\n")}\n`);
      await json(join(folder, name), "ingest", "--source", "tardis", path);
    }
  }
  [lake, silent, printed] = [join(folder, "lake"), join(folder, "silent"), join(folder, "printed")];
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function study(name: string, settings: string): Promise<string> {
  const path = join(folder, `${name}.ts`);
  await writeFile(
    path,
    `import { defineStudy, noLiquidations, scaledMaintenance } from "aftershock";
export default defineStudy({ day: "2025-10-10", scenarios: [noLiquidations(), scaledMaintenance({ factor: 0.7 }), scaledMaintenance({ factor: 3 })], counterfactual: { instrument: "binance-usdm:BTCUSDT", ${settings} } });
`,
  );
  return path;
}

const run = async (of: string, name: string, settings: string): Promise<Run> =>
  json<Run>(of, "run", await study(name, settings), "--out", join(folder, `${name}-out`));

const refusal = async (of: string, name: string, settings: string) =>
  aftershock(of, "run", await study(name, settings), "--out", join(folder, `${name}-out`));

/** What holds of every run whose positions no print tells: nothing is an estimate, and nothing has a band. */
function expectBounds({ simulated, scenarios, basis }: Run, because: string, none: string): void {
  expect(simulated).toBe(false);
  const [same, ...changed] = scenarios;
  expect(same?.pathHash).toBe(same?.recordHash);
  expect(same?.bands["low30"]).toBe("exact");
  expect(same?.low30.mid).toBe(same?.low30.record);
  for (const scenario of scenarios) {
    expect(scenario).toMatchObject({
      identified: "bound",
      boundBecause: expect.arrayContaining([expect.stringContaining(because)]),
    });
    for (const figure of [scenario.forcedNotional, scenario.liquidated]) {
      expect(figure).toMatchObject({ low: null, mid: null, high: null });
    }
  }
  for (const { bands, low30 } of changed) {
    for (const band of Object.values(bands)) {
      expect(band).toEqual({ none: expect.stringContaining(none) });
    }
    expect(low30).toMatchObject({ low: null, mid: null, high: null });
  }
  expect(basis.assumed.every(({ value, why }) => value !== "" && why !== "")).toBe(true);
}

const positionsOf = ({ basis }: Run): string =>
  basis.assumed
    .filter(({ part }) => part === "positions")
    .map(({ value, why }) => `${value} (${why})`)
    .join("\n");

describe("scenarios on a day without accounts and prints", () => {
  it("run with those of the open interest whom a prior of leverage has survive, as bounds", async () => {
    const shadow = await run(lake, "shadow", `positions: "shadow"`);
    expectBounds(shadow, "nobody is taken to have been", "prior of leverage (shadow)");
    const [, none, milder, harsher] = shadow.scenarios;
    for (const scenario of [none, milder]) {
      expect(scenario?.liquidated.spread).toMatchObject({ low: 0, high: 0 });
    }
    // Nothing says how prices answer, and who would be liquidated by triple margin is the prior's word.
    expect(harsher?.liquidated.spread?.low).toBeGreaterThan(10);
    expect(harsher?.boundBecause.join()).toContain("higher margin");
    expect(shadow.basis.printGap).toBeNull();
    expect(shadow.basis.accounts).toBeGreaterThan(1_000);
    expect(shadow.basis.accounts).toBeLessThan(10_500);
    const told = positionsOf(shadow);
    expect(told).toContain("invented");
    expect(told).toContain("6,000,000,000 USDT on either side");
    expect(told).toContain("10× 30 %");
    expect(told).toContain("(they come of open interest and a prior)");
    const page = await readFile(shadow.report, "utf8");
    expect(page).toContain("no estimate of who held what");
    expect(page).toContain("bands were not measured for positions of a prior of leverage (shadow)");
    expect(page).not.toContain("SIMULATED");
    // A path that is the record's as nobody is known is no record: it is named as a bound, and its bands are not said to be measured.
    expect(page).toMatch(/“No liquidations”[^.]* are bounds, no estimate/);
    expect(page).toContain("There is no calibrated band of the low for any of these scenarios");
  });

  it("run with another prior, which is told as stated and is in the hash of the study", async () => {
    const prior = `leveragePrior: { leveragedLongs: 0.2, leveragedShorts: 0, leverages: [{ leverage: 8, weight: 1 }], entrySpread: 0.01, accountNotional: 1e6, source: "of this test" }`;
    const stated = await run(lake, "stated", `positions: "shadow", ${prior}`);
    const usual = await run(lake, "usual", `positions: "shadow"`);
    expect(stated.configHash).not.toBe(usual.configHash);
    expect(positionsOf(stated)).toContain("a prior (of this test)");
    expect(positionsOf(stated)).toContain("20 % of longs and 0 % of shorts");
    expect(stated.basis.accounts).toBeGreaterThan(900);
    expect(stated.basis.accounts).toBeLessThan(1_400);
  });

  it("run with positions pinned to forced flow that is estimated, and say that it is", async () => {
    const estimated = await run(lake, "estimated", `positions: "prints", flow: "estimated"`);
    expectBounds(estimated, "the estimate of forced flow finds a part", "estimated forced flow");
    const [same, none] = estimated.scenarios;
    expect(same?.forcedNotional.record).toBeGreaterThan(1e6);
    expect(none?.forcedNotional.spread).toMatchObject({ low: 0, high: 0 });
    expect(none?.low30.spread?.high).toBeGreaterThan(none?.low30.record ?? Infinity);
    expect(estimated.basis.kernels).toEqual(["no answer", "all of the move"]);
    expect(positionsOf(estimated)).toContain("Forced flow is an estimate: no liquidations were");
    expect(positionsOf(estimated)).toContain("an estimate of forced flow that was not printed");
    const page = await readFile(estimated.report, "utf8");
    expect(page).toContain("Forced flow is an estimate: no liquidations were printed.");
  });

  it("run with both, so that higher margin finds whom the estimate does not", async () => {
    // Few positions, as a cascade of thousands takes its time.
    const prior = `{ leveragedLongs: 0.5, leveragedShorts: 0.5, leverages: [{ leverage: 10, weight: 1 }], entrySpread: 0.02, accountNotional: 3e6, source: "of this test" }`;
    const both = await run(
      lake,
      "both",
      `positions: "shadow", flow: "estimated", leveragePrior: ${prior}`,
    );
    expectBounds(both, "the estimate of forced flow finds a part", "estimated forced flow");
    const [same, , , harsher] = both.scenarios;
    expect(harsher?.liquidated.spread?.low).toBeGreaterThan(same?.liquidated.record ?? Infinity);
    expect(positionsOf(both)).toContain("Positions that were never liquidated are a prior");
  });

  it("are refused with the settings that would help, and where open interest is not told", async () => {
    const prints = await refusal(lake, "unprinted", `positions: "prints"`);
    expect([prints.code, prints.stderr]).toEqual([
      1,
      expect.stringContaining("has no prints of forced orders"),
    ]);
    for (const hint of ['flow: "estimated"', 'positions: "shadow"', 'positions: "snapshot"']) {
      expect(prints.stderr).toContain(hint);
    }
    const accounts = await refusal(lake, "accounts", "");
    expect([accounts.code, accounts.stderr]).toEqual([
      1,
      expect.stringContaining('positions: "shadow"'),
    ]);
    for (const settings of [`positions: "shadow"`, `positions: "prints", flow: "estimated"`]) {
      const untold = await refusal(silent, "untold", settings);
      expect([untold.code, untold.stderr]).toEqual([
        1,
        expect.stringContaining("tells no open interest of binance-usdm:BTCUSDT"),
      ]);
    }
  });
});

describe("positions that come to nobody", () => {
  it("are refused, with what would change it", async () => {
    const flat = await refusal(printed, "flat", `positions: "prints", flow: "estimated"`);
    expect([flat.code, flat.stderr]).toEqual([
      1,
      expect.stringContaining("no forced flow of binance-usdm:BTCUSDT can be told"),
    ]);
    const prior = `{ leveragedLongs: 1, leveragedShorts: 0, leverages: [{ leverage: 200, weight: 1 }], entrySpread: 0.02, source: "of this test" }`;
    const nobody = await refusal(lake, "nobody", `positions: "shadow", leveragePrior: ${prior}`);
    expect([nobody.code, nobody.stderr]).toEqual([
      1,
      expect.stringContaining("the prior of leverage leaves nobody"),
    ]);
    expect(nobody.stderr).toContain("State lower leverages");
  });
});

describe("shadow positions on a day with prints", () => {
  it("stand beside those that are pinned to them, without bands", async () => {
    const found = await run(printed, "beside", `positions: "shadow", kappa: [1, 3]`);
    const [same, , milder, harsher] = found.scenarios;
    expect(same).toMatchObject({ identified: "estimate" });
    expect(same?.pathHash).toBe(same?.recordHash);
    expect(same?.liquidated.record).toBeGreaterThan(10);
    expect(Math.abs(found.basis.printGap?.share ?? 1)).toBeLessThan(0.2);
    expect(harsher?.identified).toBe("bound");
    expect(harsher?.liquidated.spread?.low).toBeGreaterThan(same?.liquidated.record ?? Infinity);
    expect(milder?.bands["forcedNotional"]).toEqual({
      none: expect.stringContaining("prior of leverage (shadow)"),
    });
    expect(found.basis.population).toContain("pinned from the prints");
  });
});
