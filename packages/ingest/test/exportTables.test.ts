import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { formatSteps, micros, type StreamName } from "@aftershock/schema";
import { Decimal, tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDuck, sqlString } from "../src/duck.ts";
import { exportLake, type ExportOptions, type ExportResult } from "../src/export/exportLake.ts";
import { exactGrid } from "../src/export/exactGrid.ts";
import type { Manifest } from "../src/store/manifest.ts";
import { createViews } from "../src/store/views.ts";
import { DAY, SIMULATED, type TestLake, testLake } from "./exportedLake.ts";

const NEXT = DAY + 86_400_000_000;
let made: TestLake;
let out: string;
let count = 0;

beforeAll(async () => {
  made = await testLake();
  const trade = (symbol: string, at: number, id: string, side: string, rest: string): string =>
    `binance-futures,${symbol},${at},${at + 7},${id},${side},${rest}`;
  await made.add("binance-futures_trades_2026-02-05_BTCUSDT.csv", "id,side,price,amount", [
    trade("BTCUSDT", DAY + 1_000, "1", "buy", "63000.5,0.013"),
    trade("BTCUSDT", DAY + 2_000, "", "sell", "63000,2"),
    trade("BTCUSDT", NEXT + 5, "3", "unknown", "1234567.8,0.001"),
  ]);
  // Steps of a coin that the table does not know: as fine as its numbers.
  await made.add("binance-futures_trades_2026-02-05_TINYUSDT.csv", "id,side,price,amount", [
    trade("TINYUSDT", DAY + 3_000, "a", "buy", "0.000000012345,900000000000000"),
    trade("TINYUSDT", DAY + 3_500, "b", "sell", "0.00000001,1"),
  ]);
  await made.add(
    "binance-futures_quotes_2026-02-05_BTCUSDT.csv",
    "ask_amount,ask_price,bid_price,bid_amount",
    [
      `binance-futures,BTCUSDT,${DAY + 1_500},${DAY + 1_600},1,63000.6,63000.5,0.25`,
      `binance-futures,BTCUSDT,${DAY + 1_700},${DAY + 1_800},,,62999.9,3`,
    ],
  );
  await made.add(
    "binance-futures_derivative_ticker_2026-02-05_BTCUSDT.csv",
    "funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price",
    [
      `binance-futures,BTCUSDT,${DAY + 10},${DAY + 20},${DAY + 28_800_000_000},-0.0001,,81234.567,63000.5,63001.25,63000.111`,
    ],
  );
  await made.simulate("trades", SIMULATED, [
    {
      tsEvent: DAY + 4_000,
      tsRecv: DAY + 4_100,
      tradeId: 's,"1',
      side: 1,
      price: 126_001,
      size: 3,
    },
  ]);
});
afterAll(() => made.remove());

beforeEach(async () => {
  count += 1;
  out = join(made.folder, `out-${count}`);
  await mkdir(out);
});

async function partitions(...ids: readonly string[]): Promise<readonly Manifest[]> {
  const all = await made.lake.list();
  return all.filter(({ instrument }) => ids.length === 0 || ids.includes(instrument.id));
}

async function write(
  format: ExportOptions["format"],
  name: string,
  rest: Partial<ExportOptions> = {},
): Promise<ExportResult> {
  const { lake } = made;
  const all = rest.partitions ?? (await partitions());
  return exportLake({ lake, format, out: join(out, name), ...rest, partitions: all });
}

const STREAMS: readonly StreamName[] = ["quotes", "tickers", "trades"];

/** What DuckDB finds in a query, numbers below 2^53 as numbers, decimals as text. */
async function query(sql: string): Promise<readonly unknown[]> {
  const duck = await openDuck();
  try {
    return await duck.rows(sql);
  } finally {
    duck.close();
  }
}

/** The lake's rows of a stream with exact texts instead of doubles: what every export must hold. */
async function lakeRows(stream: StreamName): Promise<readonly Record<string, unknown>[]> {
  const duck = await openDuck();
  await createViews(duck, made.lake);
  const rows = await duck.rows(
    `SELECT *, date::VARCHAR AS date, time::VARCHAR AS time FROM ${stream} ORDER BY instrument, date, seq`,
  );
  duck.close();
  const days = await made.lake.list();
  return rows.map((row) => {
    const day = days.find(
      (one) =>
        one.stream === stream &&
        one.instrument.id === row["instrument"] &&
        one.date === row["date"],
    )!;
    const exact = Object.keys(row).flatMap((name): [string, unknown][] => {
      const step = name.endsWith("Ticks") ? day.instrument.tick : day.instrument.lot;
      const base = /^(.*)(?:Ticks|Lots)$/.exec(name)?.[1];
      if (base === undefined) return [];
      return [[base, row[name] === null ? null : formatSteps(Number(row[name]), step)]];
    });
    return { ...row, ...Object.fromEntries(exact) };
  });
}

/** Decimal text without the zeros that a common scale adds. */
const plain = (value: unknown): unknown =>
  typeof value === "string" && /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, "") : value;

const plainRows = (rows: readonly unknown[]): readonly unknown[] =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row as Record<string, unknown>).map(([name, value]) => [name, plain(value)]),
    ),
  );

describe("an export to Parquet", () => {
  it("holds a file a stream with every column of the lake, prices and sizes exact", async () => {
    const result = await write("parquet", "tables");
    expect(result.files.map(({ path, rows }) => [path, rows])).toEqual([
      ["quotes.parquet", 2],
      ["tickers.parquet", 1],
      ["trades.parquet", 6],
    ]);
    expect(result.rows).toBe(9);
    for (const stream of STREAMS) {
      const file = sqlString(join(out, "tables", `${stream}.parquet`));
      const found = await query(
        `SELECT *, date::VARCHAR AS date, time::VARCHAR AS time FROM ${file}`,
      );
      expect(plainRows(found)).toEqual(plainRows(await lakeRows(stream)));
    }
  });

  it("keeps steps of twelve decimals beside whole ones in one exact column", async () => {
    await write("parquet", "trades.parquet", {
      partitions: (await partitions()).filter(({ stream }) => stream === "trades"),
    });
    const file = sqlString(join(out, "trades.parquet"));
    expect(
      await query(`SELECT price::VARCHAR AS price, size::VARCHAR AS size, typeof(price) AS type
        FROM ${file} WHERE instrument = 'binance-usdm:TINYUSDT' ORDER BY seq`),
    ).toEqual([
      { price: "0.000000012345", size: "900000000000000.000", type: "DECIMAL(38,12)" },
      { price: "0.000000010000", size: "1.000", type: "DECIMAL(38,12)" },
    ]);
  });

  it("takes 64 bits for one ordinary instrument", async () => {
    await write("parquet", "tables", { partitions: await partitions("binance-usdm:BTCUSDT") });
    const file = sqlString(join(out, "tables", "trades.parquet"));
    expect(
      await query(`SELECT DISTINCT typeof(price) AS price, typeof(size) AS size FROM ${file}`),
    ).toEqual([{ price: "DECIMAL(18,1)", size: "DECIMAL(18,3)" }]);
  });

  it("says in the file which partitions it is made of, and which are simulated", async () => {
    await write("parquet", "tables");
    const file = sqlString(join(out, "tables", "trades.parquet"));
    const [row] = (await query(
      `SELECT decode(value) AS value FROM parquet_kv_metadata(${file}) WHERE key = 'aftershock'`,
    )) as [{ value: string }];
    const about = JSON.parse(row.value) as {
      simulated: boolean;
      partitions: { instrument: string; rowsSha256: string; simulated: unknown }[];
    };
    expect(about.simulated).toBe(true);
    const trades = (await partitions()).filter(({ stream }) => stream === "trades");
    expect(about.partitions.map(({ rowsSha256 }) => rowsSha256).toSorted()).toEqual(
      trades.map(({ rowsSha256 }) => rowsSha256).toSorted(),
    );
    expect(
      about.partitions.filter(({ simulated }) => simulated !== null).map((one) => one.instrument),
    ).toEqual(["sim:BTC-PERPETUAL"]);
  });

  it("labels every simulated row", async () => {
    const { simulated } = await write("parquet", "tables");
    expect(simulated).toBe(true);
    const file = sqlString(join(out, "tables", "trades.parquet"));
    expect(
      await query(`SELECT DISTINCT instrument FROM ${file} WHERE simulated ORDER BY 1`),
    ).toEqual([{ instrument: "sim:BTC-PERPETUAL" }]);
    const market = await write("parquet", "market", {
      partitions: await partitions("binance-usdm:BTCUSDT"),
    });
    expect(market.simulated).toBe(false);
  });
});

describe("a window", () => {
  it("takes rows from its beginning on, and up to its end", async () => {
    const { rows } = await write("parquet", "tables", {
      partitions: await partitions("binance-usdm:BTCUSDT"),
      from: micros(DAY + 1_007),
      to: micros(DAY + 2_007),
    });
    // By the recorder's clock: the trade at 1,007, and both quotes; not the trade at 2,007.
    expect(rows).toBe(3);
  });

  it("is the same window in Arrow", async () => {
    const { files } = await write("arrow", "tables", {
      partitions: await partitions("binance-usdm:BTCUSDT"),
      from: micros(DAY + 1_007),
      to: micros(DAY + 2_007),
    });
    expect(files.map(({ path, rows }) => [path, rows])).toEqual([
      ["quotes.arrow", 2],
      ["trades.arrow", 1],
    ]);
  });

  it("without a row is an error, and leaves nothing", async () => {
    const empty = { from: micros(DAY + 3_100), to: micros(DAY + 3_200) };
    await expect(write("parquet", "tables", empty)).rejects.toThrow(/no row lies in that window/);
    const outside = { from: micros(DAY - 50_000), to: micros(DAY - 10_000) };
    await expect(write("csv", "tables", outside)).rejects.toThrow(
      /nothing to export in that window: it was recorded 2026-02-05T00:00:00\.000020Z … /,
    );
    expect(await readdir(out)).toEqual([]);
  });
});

describe("an export to Arrow", () => {
  it("is read by apache-arrow and holds the same columns and values as Parquet", async () => {
    await write("arrow", "arrow");
    await write("parquet", "parquet");
    for (const stream of STREAMS) {
      const table = tableFromIPC(await readFile(join(out, "arrow", `${stream}.arrow`)));
      const file = sqlString(join(out, "parquet", `${stream}.parquet`));
      const expected = (await query(
        `SELECT * REPLACE (epoch_us(time) AS time) FROM ${file}`,
      )) as Record<string, unknown>[];
      const names = Object.keys(expected[0]!);
      expect(table.schema.fields.map(({ name }) => name)).toEqual(names);
      expect(table.schema.metadata.get("aftershock")).toContain('"lakeVersion"');
      const scaleOf = (name: string): number => {
        const type = table.schema.fields.find((field) => field.name === name)?.type;
        return type instanceof Decimal ? type.scale : -1;
      };
      const rows = Array.from({ length: table.numRows }, (_, i): Record<string, unknown> =>
        table.get(i)!.toJSON(),
      );
      const texts = rows.map((row) =>
        Object.fromEntries(names.map((name) => [name, shown(row[name], scaleOf(name), name)])),
      );
      expect(texts).toEqual(plainRows(expected));
    }
  });

  /** A value as DuckDB shows it: decimals from their words, times as text. */
  function shown(value: unknown, scale: number, name: string): unknown {
    if (value === null || value === undefined) return null;
    if (value instanceof Uint32Array) return plain(decimalText(value, scale));
    if (name === "date") return new Date(Number(value)).toISOString().slice(0, 10);
    // apache-arrow gives microseconds as milliseconds with a fraction.
    if (name === "time") return Math.round(Number(value) * 1_000);
    return typeof value === "bigint" ? Number(value) : value;
  }

  function decimalText(words: Uint32Array, scale: number): string {
    const unsigned = words.reduceRight((sum, word) => sum * 2n ** 32n + BigInt(word), 0n);
    return formatSteps(Number(BigInt.asIntN(128, unsigned)), { mantissa: 1, decimals: scale });
  }

  it("holds negative and absent numbers as such", async () => {
    await write("arrow", "tickers.arrow", {
      partitions: (await partitions()).filter(({ stream }) => stream === "tickers"),
    });
    const table = tableFromIPC(await readFile(join(out, "tickers.arrow")));
    expect(table.get(0)?.toJSON()).toMatchObject({
      fundingRate: -0.0001,
      predictedFundingRate: null,
      openInterest: 81234.567,
      fundingTime: BigInt(DAY + 28_800_000_000),
    });
  });
});

describe("an export to CSV", () => {
  const HEAD =
    "instrument,venue,date,simulated,time,tsEvent,tsRecv,seq,tradeId,side,price,priceTicks,size,sizeLots";

  it("has exact decimals, ISO times beside µs, empty cells for what is absent, and quotes where needed", async () => {
    await write("csv", "btc.csv", {
      partitions: (await partitions("binance-usdm:BTCUSDT")).filter(
        ({ stream }) => stream === "trades",
      ),
    });
    const id = "binance-usdm:BTCUSDT,binance-usdm";
    expect(await readFile(join(out, "btc.csv"), "utf8")).toBe(
      [
        HEAD,
        `${id},2026-02-05,false,2026-02-05T00:00:00.001007Z,${DAY + 1_000},${DAY + 1_007},0,1,1,63000.5,630005,0.013,13`,
        `${id},2026-02-05,false,2026-02-05T00:00:00.002007Z,${DAY + 2_000},${DAY + 2_007},1,,-1,63000.0,630000,2.000,2000`,
        `${id},2026-02-06,false,2026-02-06T00:00:00.000012Z,${NEXT + 5},${NEXT + 12},0,3,0,1234567.8,12345678,0.001,1`,
        "",
      ].join("\n"),
    );
    await write("csv", "tiny.csv", {
      partitions: await partitions("binance-usdm:TINYUSDT"),
    });
    const tiny = (await readFile(join(out, "tiny.csv"), "utf8")).split("\n");
    expect(tiny[1]).toMatch(/,0,a,1,0\.000000012345,12345,900000000000000,900000000000000$/);
    await write("csv", "sim.csv", { partitions: await partitions("sim:BTC-PERPETUAL") });
    expect((await readFile(join(out, "sim.csv"), "utf8")).split("\n")[1]).toBe(
      `sim:BTC-PERPETUAL,sim,2026-02-05,true,2026-02-05T00:00:00.004100Z,${DAY + 4_000},${DAY + 4_100},0,"s,""1",1,63000.5,126001,30,3`,
    );
    expect(tiny[2]).toMatch(/,1,b,-1,0\.000000010000,10000,1,1$/);
  });

  it("is gzipped when its name ends so, with the same text", async () => {
    const one = { partitions: await partitions("binance-usdm:TINYUSDT") };
    await write("csv", "a.csv", one);
    await write("csv", "b.csv.gz", one);
    expect(gunzipSync(await readFile(join(out, "b.csv.gz"))).toString()).toBe(
      await readFile(join(out, "a.csv"), "utf8"),
    );
  });

  it("of a stream needs a folder where there are several", async () => {
    await expect(write("csv", "all.csv")).rejects.toThrow(
      "one file holds one stream, and there are quotes, tickers, trades",
    );
    expect(await readdir(out)).toEqual([]);
  });
});

describe("an export to a DuckDB file", () => {
  it("has a table a stream, the instruments and the partitions", async () => {
    const { files } = await write("duckdb", "market.duckdb");
    expect(files).toMatchObject([{ path: "market.duckdb", rows: 9 }]);
    const duck = await openDuck();
    try {
      await duck.run(`ATTACH ${sqlString(join(out, "market.duckdb"))} AS market (READ_ONLY)`);
      for (const stream of STREAMS) {
        const rows = await duck.rows(
          `SELECT *, date::VARCHAR AS date, time::VARCHAR AS time FROM market.${stream}`,
        );
        expect(plainRows(rows)).toEqual(plainRows(await lakeRows(stream)));
      }
      expect(
        await duck.rows("SELECT id, tick, lot, contract FROM market.instruments ORDER BY id, tick"),
      ).toEqual([
        { id: "binance-usdm:BTCUSDT", tick: "0.1", lot: "0.001", contract: "linear" },
        { id: "binance-usdm:TINYUSDT", tick: "0.000000000001", lot: "1", contract: "unknown" },
        { id: "sim:BTC-PERPETUAL", tick: "0.5", lot: "10", contract: "inverse" },
      ]);
      const held = await duck.rows(
        "SELECT stream, instrument, rows, simulated, rowsSha256 FROM market.partitions ORDER BY ALL",
      );
      const expected = (await partitions()).map((day) => ({
        stream: day.stream,
        instrument: day.instrument.id,
        rows: day.rows,
        simulated: day.simulated !== null,
        rowsSha256: day.rowsSha256,
      }));
      expect(held).toHaveLength(expected.length);
      expect(held).toEqual(expect.arrayContaining(expected));
    } finally {
      duck.close();
    }
    // Nothing of a journal is left beside it.
    expect(await readdir(out)).toEqual(["market.duckdb"]);
  });
});

describe("the place of an export", () => {
  it("is not touched when something is there, unless it may be replaced", async () => {
    await writeFile(join(out, "a.csv"), "mine");
    const one = { partitions: await partitions("binance-usdm:TINYUSDT") };
    await expect(write("csv", "a.csv", one)).rejects.toThrow(/a\.csv: is there already/);
    expect(await readFile(join(out, "a.csv"), "utf8")).toBe("mine");
    await write("csv", "a.csv", { ...one, replace: true });
    expect(await readFile(join(out, "a.csv"), "utf8")).toMatch(/^instrument,/);
    await write("parquet", "tables");
    await write("parquet", "tables", { ...one, replace: true });
    expect(await readdir(join(out, "tables"))).toEqual(["trades.parquet"]);
    expect((await readdir(out)).toSorted()).toEqual(["a.csv", "tables"]);
  });

  it("is never replaced when it is a folder with anything but an export in it", async () => {
    const one = { partitions: await partitions("binance-usdm:TINYUSDT"), replace: true };
    await mkdir(join(out, "work/data/photos"), { recursive: true });
    await writeFile(join(out, "work/data/photos/1.jpg"), "mine");
    await mkdir(join(out, "bare/empty"), { recursive: true });
    for (const format of [
      "parquet",
      "arrow",
      "csv",
      "duckdb",
      "hftbacktest",
      "nautilus",
    ] as const) {
      await expect(write(format, "work", one)).rejects.toThrow(
        /work: holds data\/photos\/1\.jpg, which is no part of such an export/,
      );
      await expect(write(format, "bare", one)).rejects.toThrow(/bare: holds empty\//);
    }
    expect(await readFile(join(out, "work/data/photos/1.jpg"), "utf8")).toBe("mine");
    expect((await readdir(out)).toSorted()).toEqual(["bare", "work"]);
  });

  it("stays empty when the lake turns out to be damaged, in every format", async () => {
    const own = await testLake();
    const head = "id,side,price,amount";
    const lines = [1, 2].map(
      (n) => `binance-futures,BTCUSDT,${DAY + n},${DAY + n},${n},buy,63000.5,0.013`,
    );
    await own.add("binance-futures_trades_2026-02-05_BTCUSDT.csv", head, lines);
    const all = await own.lake.list();
    const file = own.lake.rowsFile(all[0]!);
    await truncate(file, 200);
    for (const format of [
      "parquet",
      "arrow",
      "csv",
      "duckdb",
      "hftbacktest",
      "nautilus",
    ] as const) {
      const target = join(out, `of-${format}`);
      const options = { lake: own.lake, partitions: all, format, out: target };
      await expect(exportLake(options)).rejects.toThrow(
        /rows-.*\.parquet: the rows cannot be read/,
      );
      expect(existsSync(target)).toBe(false);
    }
    expect(await readdir(out)).toEqual([]);
    await own.remove();
  });
});

describe("exactGrid", () => {
  it("takes the finest of the decimals, in 18 digits where 2^53 steps fit", () => {
    const step = (mantissa: number, decimals: number) => ({ mantissa, decimals });
    expect(exactGrid([step(1, 2)])).toEqual({ decimals: 2, width: 18 });
    expect(exactGrid([step(5, 1), step(1, 2)])).toEqual({ decimals: 2, width: 18 });
    expect(exactGrid([step(10, 0), step(1, 3)])).toEqual({ decimals: 3, width: 38 });
    expect(exactGrid([])).toEqual({ decimals: 0, width: 18 });
  });

  it("refuses what 38 digits cannot hold, naming the steps", () => {
    expect(() =>
      exactGrid([
        { mantissa: 1, decimals: 20 },
        { mantissa: 1_000_000, decimals: 0 },
      ]),
    ).toThrow(/0\.00000000000000000001, 1000000 have no common decimal/);
  });
});
