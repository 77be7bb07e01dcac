import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { Lake, storeStreams } from "@aftershock/ingest";
import { simulate } from "@aftershock/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock, json, start } from "./aftershock.ts";

const DAY = 1_770_249_600_000_000; // 2026-02-05T00:00:00Z, µs
const ID = "binance-usdm:BTCUSDT";

let folder: string;
let lake: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-export-"));
  lake = join(folder, "lake");
  const trades = [
    "exchange,symbol,timestamp,local_timestamp,id,side,price,amount",
    ...[0, 1, 2].map(
      (n) =>
        `binance-futures,BTCUSDT,${DAY + n * 1_000_000},${DAY + n * 1_000_000 + 7},${n},buy,63000.${n},0.5`,
    ),
    `binance-futures,BTCUSDT,${DAY + 86_400_000_000},${DAY + 86_400_000_007},9,sell,63001,1`,
    "",
  ].join("\n");
  const path = join(folder, "binance-futures_trades_2026-02-05_BTCUSDT.csv");
  await writeFile(path, trades);
  await json(lake, "ingest", path);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Written {
  readonly format: string;
  readonly out: string;
  readonly rows: number;
  readonly simulated: boolean;
  readonly files: readonly {
    readonly path: string;
    readonly rows: number;
    readonly bytes: number;
  }[];
}

describe("aftershock export", () => {
  it("writes what was asked for, makes the folders above it, and says what it wrote", async () => {
    const out = join(folder, "new/folder/btc.csv");
    const written = await json<Written>(
      lake,
      "export",
      ID,
      "--format",
      "csv",
      "--streams",
      "trades",
      "--date",
      "2026-02-05",
      "--out",
      out,
      "--from",
      "2026-02-05T00:00:01Z",
    );
    expect(written).toMatchObject({
      format: "csv",
      out,
      rows: 2,
      simulated: false,
      files: [{ path: "btc.csv", rows: 2 }],
    });
    const text = await readFile(out, "utf8");
    expect(written.files[0]?.bytes).toBe(text.length);
    expect(text.split("\n").map((line) => line.split(",")[10])).toEqual([
      "price",
      "63000.1",
      "63000.2",
      undefined,
    ]);
  });

  it("prints a table of the files", async () => {
    const out = join(folder, "tables");
    const { code, stdout } = await aftershock(
      lake,
      "export",
      ID,
      "--format",
      "parquet",
      "--out",
      out,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/trades\.parquet +4 +[\d,]+\n\nparquet: 4 rows in .*tables\n$/);
  });

  it("does not replace what is there without --force", async () => {
    const out = join(folder, "kept.csv");
    await writeFile(out, "mine");
    const args = ["export", ID, "--format", "csv", "--out", out];
    const refused = await aftershock(lake, ...args);
    expect([refused.code, await readFile(out, "utf8")]).toEqual([1, "mine"]);
    expect(refused.stderr).toMatch(/^error: .*kept\.csv: is there already\nhint: .*--force/);
    expect((await aftershock(lake, ...args, "--force")).code).toBe(0);
    expect(await readFile(out, "utf8")).toMatch(/^instrument,/);
  });

  it("says that simulated rows are, on stderr", async () => {
    const own = new Lake(join(folder, "simulated"));
    await storeStreams({
      lake: own,
      streams: simulate({ seed: 3, minutes: 1 }).streams.filter(
        ({ stream }) => stream === "trades",
      ),
      loader: { name: "simulator", version: 1 },
      simulated: { seed: 3, minutes: 1 },
    });
    const { code, stderr } = await aftershock(
      own.paths.root,
      "export",
      "sim:BTC-PERPETUAL",
      "--format",
      "arrow",
      "--out",
      join(folder, "sim.arrow"),
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: rows of this export are SIMULATED/m);
  });

  it.each([
    [["--format", "xlsx"], 2, /argument 'xlsx' is invalid.*parquet, arrow, csv/],
    [[], 2, /required option '--format/],
    [["--format", "csv", "--streams", "klines"], 2, /^error: there is no stream "klines"\nhint: /],
    [
      ["--format", "hftbacktest", "--streams", "tickers"],
      2,
      /^error: hftbacktest has no place for tickers\nhint: It takes book, trades\./,
    ],
    [["--format", "csv", "--date", "2026-02-30"], 2, /^error: "2026-02-30" is not a day\n/],
    [["--format", "csv", "--from", "noon"], 2, /"noon" is not a time/],
    [
      ["--format", "csv", "--streams", "book"],
      1,
      /^error: the lake holds nothing of binance-usdm:BTCUSDT that was asked for\nhint: It holds trades 2026-02-05, trades 2026-02-06\./,
    ],
    [
      ["--format", "csv", "--from", "2030-01-01"],
      1,
      /^error: nothing to export in that window: it was recorded 2026-02-05T00:00:00\.000007Z/,
    ],
  ])("refuses %j with exit code %d and what to do", async (flags, code, message) => {
    const out = join(folder, "refused");
    const result = await aftershock(lake, "export", ID, ...flags, "--out", out);
    expect([result.code, result.stdout]).toEqual([code, ""]);
    expect(result.stderr).toMatch(message);
    expect(await readdir(folder)).not.toContain("refused");
  });

  it("names what the lake has for an instrument that it has not", async () => {
    const out = join(folder, "refused.csv");
    const result = await aftershock(lake, "export", "okx:X", "--format", "csv", "--out", out);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/holds nothing of okx:X\nhint: It holds binance-usdm:BTCUSDT\./);
  });

  it("stopped by Ctrl-C leaves nothing, in any format", async () => {
    const big = join(folder, "big");
    const lines = Array.from(
      { length: 200_000 },
      (_, n) =>
        `binance-futures,BTCUSDT,${DAY + n * 100_000},${DAY + n * 100_000 + 7},${n},buy,${63_000 + (n % 500) / 10},0.5`,
    );
    const head = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount";
    const path = join(folder, "binance-futures_trades_2026-02-05_big.csv.gz");
    await writeFile(path, gzipSync(`${[head, ...lines].join("\n")}\n`));
    await json(big, "ingest", path);
    for (const format of ["csv", "hftbacktest"]) {
      const place = await mkdtemp(join(folder, "stop-"));
      const child = start(big, "export", ID, "--format", format, "--out", join(place, "x"));
      const ended = once(child, "exit");
      while ((await readdir(place)).length === 0 && child.exitCode === null) await sleep(5);
      expect(await readdir(place)).not.toContain("x");
      child.kill("SIGINT");
      expect([await ended, await readdir(place)]).toEqual([[130, null], []]);
    }
  }, 120_000);
});
