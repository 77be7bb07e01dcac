import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  archiveServer,
  type ArchiveServer,
} from "../../packages/ingest/test/fetch/archiveServer.ts";
import { zipOf } from "../../packages/ingest/test/fetch/zipOf.ts";
import { aftershock, type Finished, json } from "./aftershock.ts";

// Each test starts the command several times.
vi.setConfig({ testTimeout: 120_000 });

/** 2024-08-05T00:00:00Z, ms. */
const DAY = 1_722_816_000_000;
const HOUR = 3_600_000; // ms

let folder: string;
let lake: string;
let server: ArchiveServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-fetch-e2e-"));
  // Started many times: what is compiled is kept.
  vi.stubEnv("NODE_COMPILE_CACHE", join(folder, "compiled"));
  vi.stubEnv("TARDIS_API_KEY", "");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  lake = join(await mkdtemp(join(folder, "case-")), "lake");
  server = await archiveServer();
});
afterEach(() => server.close());

const VISION = "data.binance.vision";
const visionUrl = (path: string): string =>
  `https://${VISION}/data/futures/um/daily/${path}-2024-08-05.zip`;
const TRADES = visionUrl("trades/BTCUSDT/BTCUSDT-trades");
const BARS = visionUrl("klines/BTCUSDT/1m/BTCUSDT-1m");
const MARKS = visionUrl("markPriceKlines/BTCUSDT/1m/BTCUSDT-1m");

const trades = (...rows: readonly string[]): string =>
  ["id,price,qty,quote_qty,time,is_buyer_maker", ...rows, ""].join("\n");
const bars = (...rows: readonly string[]): string =>
  [
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore",
    ...rows,
    "",
  ].join("\n");

const TRADES_ZIP = zipOf({
  name: "BTCUSDT-trades-2024-08-05.csv",
  content: trades(
    `1,50000.1,0.002,100.0002,${DAY + 10},true`,
    `2,50000.2,0.003,150.0006,${DAY + 20},false`,
  ),
});
const BARS_ZIP = zipOf({
  name: "BTCUSDT-1m-2024-08-05.csv",
  content: bars(`${DAY},50000.1,50010,49990,50005.5,12.5,${DAY + 59_999},625000,17,6,300000,0`),
});
const MARKS_ZIP = zipOf({
  name: "BTCUSDT-1m-2024-08-05.csv",
  content: bars(`${DAY},50001.5,50002,49999,50000.25,0,${DAY + 59_999},0,60,0,0,0`),
});

/** The flags that put archives on this machine. */
const here = (...hosts: readonly string[]): readonly string[] =>
  hosts.flatMap((host) => ["--origin", `${host}=${server.origin}`]);

const vision = (...args: readonly string[]): readonly string[] => [
  "fetch",
  "binance-usdm",
  "BTCUSDT",
  "2024-08-05",
  ...here(VISION),
  ...args,
];

const rowsOf = (query: string): Promise<unknown> => json(lake, "sql", query);

interface Fetched {
  readonly files: readonly {
    readonly path: string;
    readonly status: string;
    readonly why?: string;
  }[];
  readonly ingests: readonly {
    readonly source: string;
    readonly partitions: readonly { readonly status: string }[];
  }[];
  readonly notIngested: readonly { readonly set: string; readonly why: string }[];
}

const parsed = ({ stdout }: Finished): Fetched => JSON.parse(stdout) as Fetched;

describe("aftershock fetch", () => {
  it("downloads into raw, ingests, and prints what became of each file", async () => {
    server.putChecked(TRADES, TRADES_ZIP);
    server.putChecked(BARS, BARS_ZIP);
    const { code, stdout, stderr } = await aftershock(
      lake,
      ...vision("--streams", "trades,klines"),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^file +bytes +status +sha256\n/);
    expect(stdout).toMatch(/BTCUSDT-trades-2024-08-05\.zip +\d+ +fetched +[0-9a-f]{12}\n/);
    expect(stdout).toMatch(/trades +binance-usdm:BTCUSDT +2024-08-05 +2 +written/);
    // No terminal: no line is drawn over.
    expect(stdout + stderr).not.toContain("\u001B");
    expect(await readFile(join(lake, "raw", TRADES.slice(8)))).toEqual(TRADES_ZIP);
    expect(await rowsOf("SELECT side, price, size FROM trades ORDER BY seq")).toEqual([
      { side: -1, price: 50_000.1, size: 0.002 },
      { side: 1, price: 50_000.2, size: 0.003 },
    ]);
  });

  it("asks nothing of anybody the second time, and leaves the lake as it is", async () => {
    server.putChecked(TRADES, TRADES_ZIP);
    await json(lake, ...vision("--streams", "trades"));
    const asked = server.received.length;
    const again = await json<Fetched>(lake, ...vision("--streams", "trades"));
    expect(again).toMatchObject({
      files: [{ status: "present" }],
      ingests: [{ partitions: [{ status: "unchanged" }] }],
      notIngested: [],
    });
    expect(server.received).toHaveLength(asked);
  });

  it("tells bars of the mark from those of trades, whose files have the same names", async () => {
    server.putChecked(BARS, BARS_ZIP);
    server.putChecked(MARKS, MARKS_ZIP);
    await json(lake, ...vision("--streams", "klines,markPriceKlines"));
    expect(await rowsOf("SELECT instrument, close FROM candles ORDER BY instrument")).toEqual([
      { instrument: "binance-usdm:BTCUSDT", close: 50_005.5 },
      { instrument: "binance-usdm:BTCUSDT@mark", close: 50_000.25 },
    ]);
  });

  it("--dry-run says what would be fetched, from where and to where, and touches neither network nor disk", async () => {
    const { code, stdout } = await aftershock(lake, ...vision("--dry-run"));
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`${TRADES} +${TRADES.slice(8)}\n`));
    const planned = await json<Fetched & { left: unknown }>(lake, ...vision("--dry-run"));
    expect(planned.files.map(({ path }) => path)).toContain(TRADES.slice(8));
    expect(planned.left).toMatchObject([{ set: "bookTicker", days: ["2024-08-05"] }]);
    expect(server.received).toEqual([]);
    expect(existsSync(lake)).toBe(false);
  });

  it("--no-ingest only downloads; a later run ingests what is there", async () => {
    server.putChecked(TRADES, TRADES_ZIP);
    const first = await json<Fetched>(lake, ...vision("--streams", "trades", "--no-ingest"));
    expect(first).toMatchObject({ files: [{ status: "fetched" }], ingests: [] });
    expect(await json(lake, "lake")).toMatchObject({ partitions: [] });
    await json(lake, ...vision("--streams", "trades"));
    expect(await json(lake, "lake")).toMatchObject({ partitions: [{ stream: "trades", rows: 2 }] });
  });
});

describe("what is not in the archive", () => {
  it("is no failure where nobody named it, and the rest goes into the lake", async () => {
    server.putChecked(TRADES, TRADES_ZIP);
    const found = await json<Fetched>(lake, ...vision());
    const missing = found.files.filter(({ status }) => status === "missing");
    expect([found.files.length, missing.length]).toEqual([8, 7]);
    expect(await json(lake, "lake")).toMatchObject({ partitions: [{ stream: "trades" }] });
  });

  it("is one where it was named: exit code 1, and the rest goes into the lake all the same", async () => {
    server.putChecked(TRADES, TRADES_ZIP);
    const { code, stdout, stderr } = await aftershock(
      lake,
      ...vision("--streams", "trades,klines", "--json"),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: 1 of 2 files are not in the archive, first https:.*-1m-2024-08-05\.zip\nhint: /,
    );
    expect(JSON.parse(stdout)).toMatchObject({ ingests: [{ source: "binance-vision" }] });
  });

  it("is one where it is everything", async () => {
    const { code, stderr } = await aftershock(lake, ...vision());
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: 8 of 8 files are not in the archive/);
  });
});

describe("files that are not what they should be", () => {
  it.each([
    ["has a name that leads out of it", [{ name: "../../BTCUSDT-1m.csv", content: "x" }]],
    [
      "holds two files",
      [
        { name: "a.csv", content: "x" },
        { name: "b.csv", content: "y" },
      ],
    ],
    [
      "claims another size than it has",
      [{ name: "a.csv", content: "x".repeat(5_000), claimedSize: 10 }],
    ],
  ])("in a zip that %s are not ingested; the others are", async (_, entries) => {
    server.putChecked(TRADES, TRADES_ZIP);
    server.putChecked(BARS, zipOf(...entries));
    const finished = await aftershock(lake, ...vision("--streams", "trades,klines", "--json"));
    expect(finished.code).toBe(1);
    expect(finished.stderr).toMatch(
      /error: 1 of what was fetched could not be ingested, first klines/,
    );
    expect(parsed(finished)).toMatchObject({
      files: [{ status: "fetched" }, { status: "fetched" }],
      ingests: [{ partitions: [{ status: "written" }] }],
      notIngested: [{ set: "klines" }],
    });
    expect(existsSync(join(lake, "BTCUSDT-1m.csv"))).toBe(false);
    expect(existsSync(join(lake, "raw", VISION, "BTCUSDT-1m.csv"))).toBe(false);
  });

  it("by their checksum leave nothing behind, and are told of; the others are ingested", async () => {
    server.putChecked(TRADES, TRADES_ZIP);
    server.putChecked(BARS, BARS_ZIP);
    server.put(BARS, MARKS_ZIP);
    const { code, stdout, stderr } = await aftershock(
      lake,
      ...vision("--streams", "trades,klines"),
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/BTCUSDT-1m-2024-08-05\.zip: .*the sha256 of what came is/);
    expect(stderr).toMatch(/error: 1 of 2 files could not be fetched\nhint: /);
    expect(stdout).toMatch(/trades +binance-usdm:BTCUSDT/);
    expect(existsSync(join(lake, "raw", `${BARS.slice(8)}.part`))).toBe(false);
  });
});

describe("a day of OKX", () => {
  const url = (day: string): string =>
    `https://static.okx.com/cdn/okex/traderecords/trades/daily/${day.replaceAll("-", "")}/BTC-USDT-SWAP-trades-${day}.zip`;
  /** An hourly trade from 16:00 of the day before to 15:00. */
  const file = (day: string): Buffer => {
    const start = Date.parse(`${day}T00:00:00Z`) - 8 * HOUR;
    const rows = Array.from({ length: 24 }, (_, n) => {
      const at = start + n * HOUR;
      return `BTC-USDT-SWAP,${at / HOUR},buy,50000.1,3,${at}`;
    });
    const content = ["instrument_name,trade_id,side,price,size,created_time", ...rows, ""].join(
      "\n",
    );
    return zipOf({ name: `BTC-USDT-SWAP-trades-${day}.csv`, content });
  };
  const okx = (...args: readonly string[]): readonly string[] => [
    "fetch",
    "okx",
    "BTC-USDT-SWAP",
    ...args,
    "--streams",
    "trades",
    ...here("static.okx.com"),
  ];
  const days = (): Promise<unknown> =>
    rowsOf(
      "SELECT date::VARCHAR AS day, count(*) AS n, min(instrument) AS id FROM trades GROUP BY 1 ORDER BY 1",
    );
  const whole = (day: string): unknown => ({ day, n: 24, id: "okex-swap:BTC-USDT-SWAP" });

  it("in UTC comes out whole, without pieces of the days beside it", async () => {
    for (const day of ["2024-08-05", "2024-08-06"]) server.put(url(day), file(day));
    await json(lake, ...okx("2024-08-05"));
    expect(await days()).toEqual([whole("2024-08-05")]);
    server.put(url("2024-08-07"), file("2024-08-07"));
    await json(lake, ...okx("2024-08-06"));
    expect(await days()).toEqual([whole("2024-08-05"), whole("2024-08-06")]);
    expect(server.count(url("2024-08-06"))).toBe(1);
  });

  it("of which a file is lacking is not ingested, unless that is wanted", async () => {
    server.put(url("2024-08-05"), file("2024-08-05"));
    const { code, stderr } = await aftershock(lake, ...okx("2024-08-05"));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /not ingested: trades of 2024-08-05: the day is not whole, lacking .*2024-08-06\.zip/,
    );
    expect(await days()).toEqual([]);
    expect((await aftershock(lake, ...okx("2024-08-05", "--part-days"))).code).toBe(1);
    expect(await days()).toMatchObject([{ day: "2024-08-05", n: 16 }]);
  });
});

describe("other archives", () => {
  it("of BitMEX have all instruments in a file: that which was asked for goes into the lake", async () => {
    const rows = ["XBTUSD", "ETHUSD", "XBTUSD"].map(
      (symbol, n) =>
        `2020-03-12D00:00:0${n}.948313000,${symbol},Buy,100,${7_900 + n},PlusTick,0000000${n}-0000-0000-0000-000000000000,1265800,0.012658,100`,
    );
    const head =
      "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional";
    server.put(
      "https://s3-eu-west-1.amazonaws.com/public.bitmex.com/data/trade/20200312.csv.gz",
      gzipSync([head, ...rows, ""].join("\n")),
    );
    const found = await json<{ ingests: { skipped: unknown }[] }>(
      lake,
      "fetch",
      "bitmex",
      "XBTUSD",
      "2020-03-12",
      "--streams",
      "trades",
      ...here("s3-eu-west-1.amazonaws.com"),
    );
    expect(found.ingests).toMatchObject([
      { rows: 2, skipped: { "of an instrument that was not asked for": 1 } },
    ]);
    expect(await rowsOf("SELECT instrument, price FROM trades ORDER BY seq")).toEqual([
      { instrument: "bitmex:XBTUSD", price: 7_900 },
      { instrument: "bitmex:XBTUSD", price: 7_902 },
    ]);
  });

  it("of Deribit are pages of trades, which may share some, and of which each is there once", async () => {
    const url = (from: number): string =>
      `https://history.deribit.com/api/v2/public/get_last_trades_by_instrument_and_time?instrument_name=BTC-PERPETUAL&start_timestamp=${from}&end_timestamp=${DAY + 24 * HOUR}&count=1000&include_old=true&sorting=asc`;
    const trade = (at: number, id: number): unknown => ({
      trade_seq: id,
      trade_id: String(id),
      timestamp: at,
      tick_direction: 0,
      price: 50_000.5,
      mark_price: 50_001,
      instrument_name: "BTC-PERPETUAL",
      index_price: 50_002,
      direction: "sell",
      amount: 10 * id,
      contracts: id,
    });
    const page = (more: boolean, ...trades_: readonly unknown[]): string =>
      JSON.stringify({ jsonrpc: "2.0", result: { trades: trades_, has_more: more } });
    server.put(url(DAY), page(true, trade(DAY + 5, 1), trade(DAY + 9, 2)));
    // The last is of the next day already, and the first stands on both pages.
    server.put(
      url(DAY + 9),
      page(false, trade(DAY + 9, 2), trade(DAY + 9, 3), trade(DAY + 24 * HOUR, 4)),
    );
    await json(
      lake,
      "fetch",
      "deribit",
      "BTC-PERPETUAL",
      "2024-08-05",
      "--streams",
      "trades",
      ...here("history.deribit.com"),
    );
    expect(await rowsOf("SELECT tradeId, size FROM trades ORDER BY seq")).toEqual([
      { tradeId: "1", size: 10 },
      { tradeId: "2", size: 20 },
      { tradeId: "3", size: 30 },
    ]);
  });

  it("of Tardis take the key of the environment, and say which days need none", async () => {
    const url = "https://datasets.tardis.dev/v1/binance-futures/trades/2024/08/05/BTCUSDT.csv.gz";
    const text = `exchange,symbol,timestamp,local_timestamp,id,side,price,amount\nbinance-futures,BTCUSDT,${DAY}000,${DAY}007,1,sell,50000.5,0.01\n`;
    server.put(url, gzipSync(text));
    const command = [
      "fetch",
      "binance-usdm",
      "BTCUSDT",
      "2024-08-05",
      "--via",
      "tardis",
      "--streams",
      "trades",
      ...here("datasets.tardis.dev"),
    ];
    const { code, stderr } = await aftershock(lake, ...command);
    expect([code, server.received.length]).toEqual([1, 0]);
    expect(stderr).toBe(
      "error: tardis: 2024-08-05 needs a key; without one the first day of each month is free\nhint: Ask for 2024-08-01, or put your key into TARDIS_API_KEY.\n",
    );
    vi.stubEnv("TARDIS_API_KEY", "TD.key");
    await json(lake, ...command);
    vi.stubEnv("TARDIS_API_KEY", "");
    expect(server.received[0]?.headers.authorization).toBe("Bearer TD.key");
    expect(await rowsOf("SELECT count(*) AS n FROM trades")).toEqual([{ n: 1 }]);
  });

  it("without data on a day leave the lake as it is", async () => {
    server.put(
      "https://datasets.tardis.dev/v1/ftx/trades/2022/12/01/BTC-PERP.csv.gz",
      gzipSync(""),
    );
    const { code, stdout } = await aftershock(
      lake,
      "fetch",
      "ftx",
      "BTC-PERP",
      "2022-12-01",
      "--streams",
      "trades",
      ...here("datasets.tardis.dev"),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/fetched, without data/);
    expect(await json(lake, "lake")).toMatchObject({ partitions: [] });
  });
});

describe("the command line of fetch", () => {
  it.each([
    [["binance", "BTCUSDT"], /missing required argument 'date'/],
    [["binance", "BTCUSDT", "05.08.2024"], /"05\.08\.2024" is not a day/],
    [["nowhere", "BTCUSDT", "2024-08-05"], /no archive is known of the venue "nowhere"/],
    [["binance", "../../etc", "2024-08-05"], /"\.\.\/\.\.\/etc" is not a symbol/],
    [["binance", "BTCUSDT", "2024-08-05", "--streams", "book"], /has no book of binance:BTCUSDT/],
    [["binance", "BTCUSDT", "2024-08-05", "--jobs", "0"], /whole number from 1/],
    [["binance", "BTCUSDT", "2024-08-05", "--origin", "nonsense"], /host=http:/],
  ])("used wrongly ends with 2: %j", async (args, message) => {
    const { code, stdout, stderr } = await aftershock(lake, "fetch", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });

  it("puts no archive anywhere but on this machine", async () => {
    const { code, stderr } = await aftershock(
      lake,
      "fetch",
      "binance",
      "BTCUSDT",
      "2024-08-05",
      "--origin",
      `${VISION}=http://example.com`,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/"http:\/\/example\.com" cannot stand for data\.binance\.vision/);
  });

  it("tells in its help what it takes, but nothing of tests", async () => {
    const { code, stdout } = await aftershock(lake, "fetch", "--help");
    expect(code).toBe(0);
    for (const flag of [
      "--streams",
      "--via",
      "--dry-run",
      "--jobs",
      "--no-ingest",
      "--part-days",
    ]) {
      expect(stdout).toContain(flag);
    }
    expect(stdout).not.toContain("--origin");
  });

  it("refuses a day that is not over", async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const { code, stderr } = await aftershock(lake, "fetch", "binance", "BTCUSDT", tomorrow);
    expect(code).toBe(1);
    expect(stderr).toMatch(/is not over yet \(UTC\)/);
  });
});
