import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { json } from "./aftershock.ts";

const CHAIN = resolve(import.meta.dirname, "../../../shared/data/options/deribit-chain-2026");
const STUDY = resolve(import.meta.dirname, "../../notebooks/studies/february-2026.ts");
/** The days of the study, as the recordings of futures name them. */
const IN_WINDOW = /,2026-(?:01-(?:29|30|31)|02-0[1-7])T|^2026-(?:01-(?:29|30|31)|02-0[1-7])T/;

interface Outcome {
  readonly name: string;
  readonly series: readonly { readonly at: number; readonly equityUsd: number }[];
  readonly metrics: { readonly pnlUsd: number };
  readonly costs: Readonly<Record<string, number | null>>;
  readonly notes: readonly string[];
}

interface Results {
  readonly simulated: boolean;
  readonly outcomes: readonly Outcome[];
  readonly chain: readonly {
    readonly coin: string;
    readonly withoutBid: number;
    readonly medianMarkError: number;
  }[];
  readonly warnings: readonly string[];
  readonly report: string;
}

let folder: string;
let results: Results;

/** The rows of a recording of months that lie in the study's window, as a file of its own. */
async function inWindow(name: string): Promise<string> {
  const lines = gunzipSync(await readFile(join(CHAIN, `${name}.csv.gz`)))
    .toString("utf8")
    .split("\n");
  const path = join(folder, `${name}.csv`);
  const kept = lines.filter((line, i) => i === 0 || IN_WINDOW.test(line));
  await writeFile(path, `${kept.join("\n")}\n`);
  return path;
}

describe.skipIf(!existsSync(CHAIN))(`February 2026 on ${CHAIN}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "aftershock-february-"));
    const lake = join(folder, "lake");
    const snapshots = (await readdir(CHAIN)).filter((name) =>
      name.startsWith("deribit_options_snapshot"),
    );
    const files = [
      ...snapshots.map((name) => join(CHAIN, name)),
      await inWindow("perpetual_futures_prices"),
      await inWindow("term_futures_marks"),
    ];
    await json(lake, "ingest", "--source", "deribit-chain", ...files);
    results = await json<Results>(lake, "run", STUDY, "--out", join(folder, "report"));
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const outcome = (start: string): Outcome => {
    const found = results.outcomes.find(({ name }) => name.startsWith(start));
    if (found === undefined) throw new Error(`no outcome ${start}`);
    return found;
  };

  it("shows every hedge at each of the 39 recorded snapshots", () => {
    expect(results.simulated).toBe(false);
    expect(results.outcomes).toHaveLength(4);
    for (const { series } of results.outcomes) expect(series).toHaveLength(39);
  });

  it("loses without a hedge what ten bitcoins and a hundred ether lost at the index", () => {
    // 10 × (69,528.41 − 87,784.72) + 100 × (2,104.74 − 2,937.04): medians of the recorded index, read by another program.
    expect(outcome("Unhedged").metrics.pnlUsd).toBeCloseTo(-265_793, -1);
  });

  it("loses less with the put than without, and next to nothing delta-neutral", () => {
    const [bare, put] = [outcome("Unhedged"), outcome("Put")];
    expect(put.metrics.pnlUsd).toBeGreaterThan(bare.metrics.pnlUsd + 100_000);
    expect(put.costs["premium"]).toBeGreaterThan(10_000);
    for (const name of ["Short perpetual", "Short future"]) {
      expect(Math.abs(outcome(name).metrics.pnlUsd)).toBeLessThan(5_000);
    }
  });

  it("says that funding was not recorded instead of counting it as nothing", () => {
    expect(outcome("Short perpetual").costs["funding"]).toBeNull();
    expect(results.warnings.join("\n")).toMatch(/funding is not recorded/);
  });

  it("finds the recorded marks to be Black-76 at the recorded volatility, to 1e-4 coin in the median", () => {
    for (const coin of ["BTC", "ETH"]) {
      const errors = results.chain
        .filter((snapshot) => snapshot.coin === coin)
        .map(({ medianMarkError }) => medianMarkError)
        .toSorted((a, b) => a - b);
      expect(errors).toHaveLength(39);
      expect(errors[19]).toBeLessThan(1e-4);
    }
    const said = outcome("Put")
      .notes.map((note) => /differs from Black-76 .* by (\S+) coin in the median/.exec(note)?.[1])
      .filter((found) => found !== undefined);
    expect(said.length).toBe(2);
    for (const error of said) expect(Number(error)).toBeLessThan(1e-4);
  });

  it("counts the strikes without a bid, and says so", () => {
    expect(Math.max(...results.chain.map(({ withoutBid }) => withoutBid))).toBe(365);
    expect(results.warnings.join("\n")).toMatch(/option quotes have no bid/);
  });

  it("writes a page that holds the answer and needs nothing else", async () => {
    const page = await readFile(results.report, "utf8");
    expect(page).toContain("</html>");
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(page).toContain("not recorded");
  });
});
