import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { type Duck, Lake, openDuck, sqlString, storeStreams } from "@aftershock/ingest";
import { FEATURE_DOCS } from "@aftershock/replay";
import { simulate } from "@aftershock/simulator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ArrowValue, arrowRows } from "../../packages/ingest/test/arrowRows.ts";
import { aftershock, aftershockLimited, json, start } from "./aftershock.ts";

/** 2026-02-05T00:00:00Z, µs. */
const DAY = 1_770_249_600_000_000;
const SECOND = 1_000_000;
const ID = "binance-usdm:BTCUSDT";
const OTHER = "binance-usdm:ETHUSDT";

let folder: string;
let lake: string;
let place: string;
let duck: Duck;

async function ingest(into: string, name: string, head: string, lines: readonly string[]) {
  const path = join(folder, name);
  const common = "exchange,symbol,timestamp,local_timestamp";
  await writeFile(path, gzipSync(`${[`${common},${head}`, ...lines].join("\n")}\n`));
  await json(into, "ingest", path);
}

const line = (symbol: string, at: number, rest: string): string =>
  `binance-futures,${symbol},${DAY + at - 50},${DAY + at},${rest}`;

const MARK_HEAD =
  "funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-features-"));
  lake = join(folder, "lake");
  duck = await openDuck();
  const named = (stream: string, symbol: string, date = "2026-02-05"): string =>
    `binance-futures_${stream}_${date}_${symbol}.csv.gz`;
  await ingest(lake, named("incremental_book_L2", "BTCUSDT"), "is_snapshot,side,price,amount", [
    line("BTCUSDT", 100, "true,bid,63000.5,2"),
    line("BTCUSDT", 100, "true,bid,63000,1"),
    line("BTCUSDT", 100, "true,ask,63001,3"),
    line("BTCUSDT", SECOND + 200, "false,bid,63000.5,0"),
    line("BTCUSDT", 3 * SECOND, "false,ask,63000.8,0.25"),
  ]);
  await ingest(lake, named("trades", "BTCUSDT"), "id,side,price,amount", [
    line("BTCUSDT", 500_000, "1,buy,63001,0.5"),
    line("BTCUSDT", 600_000, "2,sell,63000.5,0.25"),
    line("BTCUSDT", 3 * SECOND + 7, "3,unknown,63000,1"),
    // The next day, of which there is nothing but this.
    line("BTCUSDT", 86_400 * SECOND + 5, "4,buy,63002,1"),
  ]);
  await ingest(lake, named("liquidations", "BTCUSDT"), "id,side,price,amount", [
    line("BTCUSDT", 2 * SECOND, "9,sell,62990,0.1"),
  ]);
  await ingest(lake, named("derivative_ticker", "BTCUSDT"), MARK_HEAD, [
    line(
      "BTCUSDT",
      900_000,
      `${DAY + 28_800 * SECOND},-0.0001,,81234.567,63000.5,63001.25,63000.111`,
    ),
  ]);
  await ingest(lake, named("trades", "ETHUSDT"), "id,side,price,amount", [
    line("ETHUSDT", 1_500_000, "1,buy,2000.5,3"),
  ]);
});
beforeEach(async () => {
  place = await mkdtemp(join(folder, "case-"));
});
afterAll(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

type Row = Readonly<Record<string, ArrowValue>>;
const parquet = (path: string): Promise<readonly Row[]> =>
  duck.rows(`FROM read_parquet(${sqlString(path)})`);
const pick = (rows: readonly Row[], ...names: readonly string[]): unknown =>
  rows.map((row) => names.map((name) => row[name]));

interface Replayed {
  readonly stateHash: string;
  readonly events: number;
  readonly bars?: {
    readonly out: string;
    readonly rows: number;
    readonly bytes: number;
    readonly columns: unknown;
  };
}

const DAY_ONE = ["--to", "2026-02-06"];

describe("aftershock replay --bars", () => {
  it("writes a row an instrument and bar, and says where, beside what a replay says", async () => {
    const out = join(place, "new/folder/bars.parquet");
    const bars = ["--bars", "1s", "--depth", "2", "--out", out, ...DAY_ONE];
    const { bars: written, ...told } = await json<Replayed>(lake, "replay", ID, OTHER, ...bars);
    expect(written).toEqual({
      out,
      every: SECOND,
      depth: 2,
      format: "parquet",
      rows: 8,
      bytes: (await readFile(out)).length,
      columns: FEATURE_DOCS,
    });
    const without = await json<Replayed>(lake, "replay", ID, OTHER, ...DAY_ONE);
    expect([told.stateHash, told.events]).toEqual([without.stateHash, without.events]);
    const rows = await parquet(out);
    const btc = rows.filter(({ instrument }) => instrument === ID);
    const eth = rows.filter(({ instrument }) => instrument === OTHER);
    expect(pick(rows, "start")).toEqual(
      [0, 0, 1, 1, 2, 2, 3, 3].map((second) => [DAY + second * SECOND]),
    );
    expect(
      pick(btc, "valid", "invalidMicros", "bidPrice1", "bidSize1", "bidPrice2", "askPrice1"),
    ).toEqual([
      [true, 100, 63000.5, 2, 63000, 63001],
      [true, 0, 63000, 1, null, 63001],
      [true, 0, 63000, 1, null, 63001],
      [true, 0, 63000, 1, null, 63000.8],
    ]);
    expect(
      pick(btc, "trades", "buyVolume", "sellVolume", "unknownVolume", "open", "close"),
    ).toEqual([
      [2, 0.5, 0.25, 0, 63001, 63000.5],
      [0, 0, 0, 0, null, null],
      [0, 0, 0, 0, null, null],
      [1, 0, 0, 1, 63000, 63000],
    ]);
    expect(
      pick(btc, "forcedSellCount", "forcedSellSize", "forcedSellNotional", "markPrice"),
    ).toEqual([
      [0, 0, 0, 63000.111],
      [0, 0, 0, 63000.111],
      [1, 0.1, 6299, 63000.111],
      [0, 0, 0, 63000.111],
    ]);
    expect(
      pick(eth, "valid", "mid", "trades", "notional", "forcedSellCount", "openInterest"),
    ).toEqual([
      [null, null, 0, 0, null, null],
      [null, null, 1, 6001.5, null, null],
      [null, null, 0, 0, null, null],
      [null, null, 0, 0, null, null],
    ]);
  });

  it("prints the replay, and a line about the bars", async () => {
    const out = join(place, "bars.arrow");
    const { code, stdout } = await aftershock(
      lake,
      "replay",
      ID,
      "--bars",
      "1m",
      "--out",
      out,
      ...DAY_ONE,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^10 events in .* state [0-9a-f]{16}; peak \d+ MiB\nbars: 1 rows, [\d,]+ bytes, in .*bars\.arrow$/m,
    );
  });

  it("leaves what was not recorded on a day absent, and not 0", async () => {
    const out = join(place, "bars.parquet");
    await json(lake, "replay", ID, "--bars", "12h", "--out", out);
    expect(
      pick(await parquet(out), "start", "trades", "forcedSellCount", "valid", "markPrice"),
    ).toEqual([
      [DAY, 3, 1, true, 63000.111],
      [DAY + 43_200 * SECOND, 0, 0, true, 63000.111],
      [DAY + 86_400 * SECOND, 1, null, null, null],
    ]);
  });

  it("runs by the venue's clock on demand", async () => {
    const out = join(place, "bars.parquet");
    const bars = ["--bars", "1s", "--out", out, "--clock", "event", "--to", "2026-02-05T00:01:00Z"];
    await json(lake, "replay", ID, ...bars);
    // What was received at the beginning of the fourth second the venue had sent in the third, and nothing after it.
    expect(pick(await parquet(out), "askPrice1")).toEqual([[63001], [63001], [63000.8]]);
  });

  it("says of simulated rows that they are", async () => {
    const own = new Lake(join(place, "simulated"));
    await storeStreams({
      lake: own,
      streams: simulate({ seed: 3, minutes: 1 }).streams,
      loader: { name: "simulator", version: 1 },
      simulated: { seed: 3, minutes: 1 },
    });
    const out = join(place, "bars.parquet");
    await json(own.paths.root, "replay", "sim:BTC-PERPETUAL", "--bars", "10s", "--out", out);
    const rows = await parquet(out);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.every(({ simulated }) => simulated === true)).toBe(true);
  });

  it("has the same rows and metadata in both formats", async () => {
    const outs = ["bars.parquet", "bars.arrow"].map((name) => join(place, name));
    for (const out of outs)
      await json(lake, "replay", ID, OTHER, "--bars", "100ms", "--out", out, ...DAY_ONE);
    const [asParquet = "", asArrow = ""] = outs;
    const { rows, metadata } = await arrowRows(asArrow);
    expect(rows).toEqual(await parquet(asParquet));
    expect(JSON.parse(metadata.get("bars") ?? "")).toEqual({
      every: 100_000,
      depth: 10,
      clock: "recv",
      ordersStart: "snapshot",
    });
    expect(JSON.parse(metadata.get("columns") ?? "")).toEqual(FEATURE_DOCS);
    expect(JSON.parse(metadata.get("aftershock") ?? "")).toMatchObject({ simulated: false });
  });

  it.each([
    [
      ["--bars", "1", "--out", "x.parquet"],
      2,
      /^error: "1" is not the length of a bar\nhint: .*100ms/,
    ],
    [["--bars", "0s", "--out", "x.parquet"], 2, /^error: "0s" is not the length/],
    [["--bars", "2d", "--out", "x.parquet"], 2, /^error: "2d" is not the length/],
    [["--bars", "1s", "--out", "x.parquet", "--depth", "0"], 2, /whole number from 1/],
    [
      ["--bars", "1s", "--out", "x.parquet", "--depth", "2000"],
      2,
      /^error: --depth 2000 is too deep\nhint: /,
    ],
    [
      ["--bars", "1s", "--out", "x.csv"],
      2,
      /^error: .*its ending names no format.*\nhint: .*\.parquet or \.arrow/,
    ],
    [["--bars", "1s"], 2, /^error: --bars needs a file\nhint: /],
    [["--out", "x.parquet"], 2, /^error: --out is of bars, and no bars are asked for\nhint: /],
    [["--bars", "1s", "--out", "file/x.parquet"], 1, /^error: .*file: is not a folder\nhint: /],
    [
      ["--bars", "1s", "--out", "there.arrow"],
      1,
      /^error: .*there\.arrow: is there already\nhint: .*--force/,
    ],
    [
      ["--bars", "1s", "--out", "x.arrow", "--from", "2030-01-01"],
      1,
      /^error: nothing of .* in that window/,
    ],
  ])(
    "refuses %j with exit code %d and what to do, and leaves nothing",
    async (flags, code, message) => {
      for (const name of ["file", "there.arrow"]) await writeFile(join(place, name), "mine");
      const own = flags.map((flag) => (/^[a-z]+[./]/.test(flag) ? join(place, flag) : flag));
      const result = await aftershock(lake, "replay", ID, ...own);
      expect([result.code, result.stdout]).toEqual([code, ""]);
      expect(result.stderr).toMatch(message);
      expect((await readdir(place)).toSorted()).toEqual(["file", "there.arrow"]);
      expect(await readFile(join(place, "there.arrow"), "utf8")).toBe("mine");
    },
  );

  it("replaces a file with --force, and only when the new one is whole", async () => {
    const out = join(place, "bars.parquet");
    await writeFile(out, "mine");
    const bars = ["replay", ID, "--bars", "1s", "--out", out, "--force"];
    expect((await aftershock(lake, ...bars, "--from", "2030-01-01")).code).toBe(1);
    expect(await readFile(out, "utf8")).toBe("mine");
    expect((await aftershock(lake, ...bars, ...DAY_ONE)).code).toBe(0);
    expect(await parquet(out)).toHaveLength(4);
    expect(await readdir(place)).toEqual(["bars.parquet"]);
  });
});

describe("bars that are not finished", () => {
  let long: string;
  beforeAll(async () => {
    long = join(folder, "long");
    const lines = Array.from({ length: 300_000 }, (_, n) =>
      line("BTCUSDT", n * 10_000 + 50, `${n},buy,${63_000 + (n % 500) / 10},0.5`),
    );
    await ingest(
      long,
      "binance-futures_trades_2026-02-05_long.csv.gz",
      "id,side,price,amount",
      lines,
    );
    // What a replay reads is compiled the first time.
    await json(long, "replay", ID);
  });

  it.each(["parquet", "arrow"])("leave nothing after Ctrl-C: %s", async (format) => {
    const out = join(place, `bars.${format}`);
    const child = start(long, "replay", ID, "--bars", "10ms", "--out", out);
    const ended = once(child, "exit");
    while ((await readdir(place)).length === 0 && child.exitCode === null) await sleep(5);
    expect(await readdir(place)).not.toContain(`bars.${format}`);
    child.kill("SIGINT");
    expect([await ended, await readdir(place)]).toEqual([[130, null], []]);
  });

  it.each(["parquet", "arrow"])("leave nothing where the disk is full: %s", async (format) => {
    const out = join(place, `bars.${format}`);
    const bars = ["replay", ID, "--bars", "10ms", "--out", out];
    const { code, stdout, stderr } = await aftershockLimited(long, 64 * 1_024, ...bars);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: /m);
    expect(await readdir(place)).toEqual([]);
  });
});

describe("docs/command-line.md", () => {
  it("has the table of columns that the files have", async () => {
    const docs = await readFile(join(import.meta.dirname, "../../docs/command-line.md"), "utf8");
    const table = FEATURE_DOCS.map(
      ({ name, unit, meaning, absent }) => `| \`${name}\` | ${unit} | ${meaning} | ${absent} |\n`,
    ).join("");
    expect(docs).toContain(`| column | unit | meaning | null when |\n|---|---|---|---|\n${table}`);
  });
});
