import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrowRows } from "../../packages/ingest/test/arrowRows.ts";
import { aftershock, json, start } from "./aftershock.ts";
import { CHROMIUM, hasChromium, launchChromium, openPage } from "./openPage.ts";

interface Figure {
  readonly low: number | null;
  readonly mid: number | null;
  readonly high: number | null;
  readonly spread: { readonly low: number; readonly high: number } | null;
  readonly record: number;
}

interface Scenario {
  readonly name: string;
  readonly kind: string;
  readonly recordHash: string;
  readonly pathHash: string;
  readonly identical: boolean;
  readonly identified: string;
  readonly band: unknown;
  readonly low: Figure;
  readonly low30: Figure;
  readonly forcedNotional: Figure;
  readonly liquidated: Figure;
  readonly horizons: readonly { readonly minutes: number }[];
}

interface Run {
  readonly report: string;
  readonly results: string;
  readonly scenarioTable: string;
  readonly pathTable: string;
  readonly simulated: boolean;
  readonly scenarios: readonly Scenario[];
  readonly biases: readonly { readonly name: string; readonly direction: string }[];
  readonly basis: {
    readonly accounts: number;
    readonly printGap: { readonly share: number };
    readonly calibration: Record<string, unknown>;
    readonly assumed: readonly unknown[];
  };
}

const PERPETUAL = "sim:BTC-PERPETUAL";
/** The preset's news comes out after twenty minutes. */
const MINUTES = "26";

let folder: string;
let lake: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-scenarios-"));
  lake = join(folder, "lake");
  const days = ["2001-01-01", "2001-02-01", "2001-02-02"];
  for (const [i, day] of days.entries()) {
    const from = ["--from", `${day}T12:00:00Z`, "--minutes", MINUTES];
    await json(lake, "simulate", "crash-hour", "--seed", String(i + 1), "--impact", "0", ...from);
  }
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function study(name: string, body: string): Promise<string> {
  const path = join(folder, `${name}.ts`);
  await writeFile(
    path,
    `import { defineStudy, noChange, noLiquidations, scaledMaintenance } from "aftershock";
export default defineStudy({ name: "${name}", day: "2001-01-01", venue: "sim", ${body} });
`,
  );
  return path;
}

const out = (name: string): readonly string[] => ["--out", join(folder, name)];
const day = (date: string): string => `${PERPETUAL}/${date}`;
const calibrate = (name: string, dates: readonly string[], ...rest: readonly string[]) =>
  aftershock(lake, "calibrate", ...dates.map(day), "--out", join(folder, name), ...rest);

describe("aftershock calibrate", () => {
  it("writes parameters with their units, the days with their hashes, and fits without each day", async () => {
    const { code } = await calibrate(
      "c.json",
      ["2001-02-01", "2001-02-02"],
      "--draws",
      "2",
      "--leave-one-out",
    );
    expect(code).toBe(0);
    const text = await readFile(join(folder, "c.json"), "utf8");
    const found = JSON.parse(text) as {
      units: Record<string, string>;
      simulated: boolean;
      days: { instrument: string; date: string; dataHash: string; forcedNotional: number }[];
      total: { referenceDepth: number; price: { exponential?: { slope: number } }[] };
      without: unknown[];
    };
    expect(found.simulated).toBe(true);
    expect(found.units["slope"]).toContain("quote currency");
    expect(found.days.map(({ date }) => date)).toEqual(["2001-02-01", "2001-02-02"]);
    for (const { dataHash, forcedNotional } of found.days) {
      expect(dataHash).toMatch(/^[0-9a-f]{64}$/);
      expect(forcedNotional).toBeGreaterThan(1e5);
    }
    expect(found.total.referenceDepth).toBeGreaterThan(1e6);
    expect(found.total.price[0]?.exponential?.slope).toBeGreaterThan(0);
    expect(found.without).toHaveLength(2);
    await calibrate("again.json", ["2001-02-01", "2001-02-02"], "--draws", "2", "--leave-one-out");
    expect(await readFile(join(folder, "again.json"), "utf8")).toBe(text);
  });

  it("refuses days that are none, that are named twice, and that the lake does not hold", async () => {
    const wrong = await aftershock(
      lake,
      "calibrate",
      "2001-02-01",
      "--out",
      join(folder, "x.json"),
    );
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining("is no day of an instrument"),
    ]);
    const twice = await calibrate("x.json", ["2001-02-01", "2001-02-01"]);
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining("is named twice")]);
    const absent = await calibrate("x.json", ["2001-03-01"]);
    expect([absent.code, absent.stderr]).toEqual([
      1,
      expect.stringContaining("the lake holds nothing of"),
    ]);
    expect((await aftershock(lake, "calibrate", day("2001-02-01"))).code).toBe(2);
    expect(await readdir(folder)).not.toContain("x.json");
  });
});

describe("aftershock run with scenarios", () => {
  let run: Run;
  beforeAll(async () => {
    const path = await study(
      "snapshot",
      `scenarios: [noLiquidations(), scaledMaintenance({ factor: 0.7 })], counterfactual: { instrument: "${PERPETUAL}", calibration: "shipped:sim-crash-hour", draws: 1, horizonMinutes: [1, 2] }`,
    );
    run = await json<Run>(lake, "run", path, ...out("snapshot"));
  }, 240_000);

  it("runs that of nothing changed first: it is the record, bit for bit, with every figure exact", () => {
    const [first, ...others] = run.scenarios;
    expect(run.scenarios.map(({ name }) => name)).toEqual([
      "No change",
      "No liquidations",
      "Maintenance margin 30 % lower",
    ]);
    expect(first).toMatchObject({ identical: true, band: "exact", identified: "estimate" });
    expect(first?.pathHash).toBe(first?.recordHash);
    expect(first?.low30.low).toBe(first?.low30.high);
    expect(first?.low30.mid).toBe(first?.low30.record);
    expect(first?.liquidated.mid).toBeGreaterThan(20);
    expect(others[0]).toMatchObject({ identical: false });
    expect(others[0]?.forcedNotional.mid).toBe(0);
    expect(others[0]?.low30.spread?.high).toBeGreaterThan(others[0]?.low30.record ?? Infinity);
  });

  it("tells biases, the gap to what was printed, the calibration and what was assumed", () => {
    expect(run.simulated).toBe(true);
    expect(run.biases.length).toBeGreaterThan(4);
    expect(Math.abs(run.basis.printGap.share)).toBeLessThan(0.05);
    expect(run.basis.calibration).toMatchObject({ days: 28, simulated: true, leftOut: null });
    expect(run.basis.accounts).toBeGreaterThan(1_000);
    expect(run.basis.assumed.length).toBeGreaterThan(0);
    expect(run.scenarios[0]?.horizons.map(({ minutes }) => minutes)).toEqual([1, 2]);
  });

  it("writes tables in Arrow with a row a metric and horizon, and a row a minute, that say what the JSON says", async () => {
    const { rows } = await arrowRows(run.scenarioTable);
    expect(rows).toHaveLength(3 * 3 * 21);
    const low30 = rows.find(
      (row) =>
        row["scenario"] === "No liquidations" &&
        row["metric"] === "low30" &&
        row["minutes"] === null,
    );
    const figure = run.scenarios[1]?.low30;
    expect(low30).toMatchObject({
      unit: "price",
      mid: figure?.mid,
      low: figure?.low,
      spreadLow: figure?.spread?.low,
    });
    const { rows: paths } = await arrowRows(run.pathTable);
    const noChange = paths.filter((row) => row["scenario"] === "No change");
    expect(noChange.length).toBeGreaterThanOrEqual(25);
    for (const row of noChange) expect(row["p50"]).toBeCloseTo(Number(row["record"]), 6);
    expect((await readdir(join(folder, "snapshot"))).toSorted()).toEqual([
      "market.parquet",
      "paths.arrow",
      "report.html",
      "results.json",
      "scenarios.arrow",
      "series.parquet",
    ]);
  });

  it("writes a report that says first how far to trust it", async () => {
    const page = await readFile(run.report, "utf8");
    expect(page).toContain("How far to trust this.");
    expect(page).toContain('id="fig-scenario-paths"');
    expect(page).toContain("SIMULATED");
  });

  it.skipIf(!hasChromium)(
    `shows its figures in a browser, wide and on a phone, asking nothing of any host (needs ${CHROMIUM})`,
    async () => {
      const browser = await launchChromium();
      try {
        for (const width of [1_000, 390]) {
          const address = pathToFileURL(run.report).href;
          const { page, log } = await openPage(browser, address, { width, height: 900 });
          expect([log.errors, log.offHost]).toEqual([[], []]);
          for (const id of ["fig-scenario-paths", "fig-scenario-ranking"]) {
            const drawings = await page.locator(`#${id} svg.plot`).all();
            const shown = await Promise.all(drawings.map((drawing) => drawing.isVisible()));
            expect(shown).toEqual(width > 700 ? [true, false] : [false, true]);
          }
          const overflow = await page.evaluate("document.documentElement.scrollWidth");
          expect(overflow).toBeLessThanOrEqual(width);
          await page.close();
        }
      } finally {
        await browser.close();
      }
    },
    60_000,
  );

  it("pins positions to prints: the record again, and rules that reach beyond it give bounds", async () => {
    const path = await study(
      "prints",
      `scenarios: [noLiquidations(), scaledMaintenance({ factor: 1.3 })], counterfactual: { instrument: "${PERPETUAL}", calibration: "shipped:sim-crash-hour", draws: 0, positions: "prints" }`,
    );
    const { scenarios, basis } = await json<Run>(lake, "run", path, ...out("prints"));
    expect(scenarios[0]?.pathHash).toBe(scenarios[0]?.recordHash);
    expect(scenarios.map(({ identified }) => identified)).toEqual([
      "estimate",
      "estimate",
      "bound",
    ]);
    expect(scenarios[2]?.low30.mid).toBeNull();
    expect(Math.abs(basis.printGap.share)).toBeLessThan(0.2);
  });

  it("without a calibration tells the two bounds, and no number between them", async () => {
    const path = await study(
      "bounds",
      `scenarios: [noLiquidations()], counterfactual: { instrument: "${PERPETUAL}" }`,
    );
    const { scenarios, basis } = await json<Run>(lake, "run", path, ...out("bounds"));
    const [same, none] = scenarios;
    expect(same?.identical).toBe(true);
    expect(none).toMatchObject({ identified: "bound" });
    expect(none?.low30.mid).toBeNull();
    expect(none?.low30.spread?.low).toBeCloseTo(none?.low30.record ?? 0, -3);
    expect(none?.low30.spread?.high).toBeGreaterThan((none?.low30.record ?? 0) * 1.005);
    expect(basis.calibration["none"]).toContain("no calibration");
  });

  it("leaves the very day out of a calibration that has it, and refuses one that cannot", async () => {
    const dates = ["2001-01-01", "2001-02-01", "2001-02-02"];
    await calibrate("own.json", dates, "--draws", "1");
    const settings = (file: string): string =>
      `scenarios: [noLiquidations()], counterfactual: { instrument: "${PERPETUAL}", calibration: "${file}", draws: 0 }`;
    const refused = await aftershock(
      lake,
      "run",
      await study("own", settings("own.json")),
      ...out("own"),
    );
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("calibrated on the very day"),
    ]);
    await calibrate("left.json", dates, "--draws", "1", "--leave-one-out");
    const left = await json<Run>(
      lake,
      "run",
      await study("left", settings("left.json")),
      ...out("left"),
    );
    expect(left.basis.calibration).toMatchObject({ days: 2, leftOut: day("2001-01-01") });
  });

  it("refuses what is no calibration, naming what is wrong with it", async () => {
    const settings = (file: string): string =>
      `scenarios: [noLiquidations()], counterfactual: { instrument: "${PERPETUAL}", calibration: "${file}" }`;
    const failed = async (name: string, text?: string): Promise<string> => {
      if (text !== undefined) await writeFile(join(folder, `${name}.json`), text);
      const path = await study(name, settings(`${name}.json`));
      const { code, stderr } = await aftershock(lake, "run", path, ...out(name));
      expect(code).toBe(1);
      return stderr;
    };
    expect(await failed("absent")).toContain("no such calibration");
    expect(await failed("text", "price: 1")).toContain("is not JSON");
    expect(await failed("other", '{"kind":"study"}')).toContain("is not a calibration");
    const whole = await readFile(join(folder, "c.json"), "utf8");
    expect(await failed("negative", whole.replace(/"slope": [\d.e-]+/, '"slope": -1'))).toContain(
      "slope: -1 is not",
    );
    expect(
      await failed("real", whole.replace('"simulated": true', '"simulated": false')),
    ).toContain("is of recorded days");
  });

  it("refuses a study that compares nothing, and one whose mitigation throws, with exit code 1", async () => {
    const nothing = await aftershock(lake, "run", await study("nothing", ""), ...out("nothing"));
    expect([nothing.code, nothing.stderr]).toEqual([
      1,
      expect.stringContaining("no hedges and no scenarios"),
    ]);
    const own = `scenarios: [{ name: "Own", kind: "own", parameters: {}, describe: () => "Fails.", apply: () => { throw new Error("oh"); } }], counterfactual: { instrument: "${PERPETUAL}" }`;
    const thrown = await aftershock(lake, "run", await study("own-error", own), ...out("thrown"));
    expect([thrown.code, thrown.stderr]).toEqual([
      1,
      expect.stringContaining("the study threw Error: oh"),
    ]);
  });

  it("ends with 130 when it is stopped, and leaves no half of a result", async () => {
    const path = await study(
      "stopped",
      `scenarios: [noLiquidations()], counterfactual: { instrument: "${PERPETUAL}" }`,
    );
    let code: number | null = null;
    // A program that has not begun to listen to signals is ended by them, and has no code: then it is given longer.
    for (let wait = 2_500; code === null && wait <= 20_000; wait *= 2) {
      const child = start(lake, "run", path, ...out("stopped"));
      const ended = new Promise<number | null>((done) => child.once("exit", done));
      await new Promise((done) => setTimeout(done, wait));
      child.kill("SIGINT");
      code = await ended;
    }
    expect([130, 0]).toContain(code);
    const left = await readdir(join(folder, "stopped")).catch(() => []);
    expect(left.filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});
