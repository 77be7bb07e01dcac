import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createViews, Lake, lakeStream, openDuck, sqlString } from "@aftershock/ingest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ArrowValue, arrowRows } from "../../packages/ingest/test/arrowRows.ts";
import { json } from "./aftershock.ts";
import { plainSeconds } from "./plainSeconds.ts";

type Row = Readonly<Record<string, ArrowValue>>;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-captured-features-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a query. */
async function query(sql: string, of?: Lake): Promise<readonly Row[]> {
  const duck = await openDuck();
  try {
    if (of !== undefined) await createViews(duck, of);
    return await duck.rows(sql);
  } finally {
    duck.close();
  }
}

const DATA = join(import.meta.dirname, "../../../shared/data/orderbook");
const BINANCE = join(DATA, "binance-raw/usdm_btcusdt_20240808.gz");
const LIGHTER = join(DATA, "lighter_BTC_20251210_l2_trades_liqs.json.gz");

/** Each run of the command is a process of its own, and the plain book takes its time. Milliseconds. */
const LONG = 120_000;

/** A lake of a capture and the bars of its instrument in both formats. */
async function barsOf(
  capture: string,
  id: string,
  length: string,
): Promise<{
  readonly lake: Lake;
  readonly rows: readonly Row[];
  readonly asArrow: readonly Row[];
}> {
  const root = await mkdtemp(join(folder, "capture-"));
  await json(root, "ingest", capture);
  const [asParquet, asArrow] = [join(root, "bars.parquet"), join(root, "bars.arrow")];
  for (const out of [asParquet, asArrow]) {
    await json(root, "replay", id, "--bars", length, "--out", out, "--depth", "20");
  }
  return {
    lake: new Lake(root),
    rows: await query(`FROM read_parquet(${sqlString(asParquet)})`),
    asArrow: (await arrowRows(asArrow)).rows,
  };
}

/** What SQL over the lake makes of a bar of a second, for the seconds in which there was something. */
async function bySecond(
  own: Lake,
  stream: string,
  columns: string,
): Promise<ReadonlyMap<number, Row>> {
  const rows = await query(
    `SELECT epoch_us(time_bucket(INTERVAL 1 second, time)) AS start, ${columns} FROM ${stream} GROUP BY 1`,
    own,
  );
  return new Map(rows.map((row) => [Number(row["start"]), row]));
}

/** The book of an instrument by the plain twin. */
async function plainBook(own: Lake, id: string): ReturnType<typeof plainSeconds> {
  const duck = await openDuck();
  const days = (await own.list()).filter(
    ({ stream, instrument }) => stream === "book" && instrument.id === id,
  );
  try {
    return await plainSeconds(lakeStream(duck, own, "book", days));
  } finally {
    duck.close();
  }
}

/** Equal but for the last digits of a sum. */
function expectNear(
  found: ArrowValue | undefined,
  expected: ArrowValue | undefined,
  what: string,
): void {
  if (typeof expected !== "number") expect(found, `column ${what}`).toBe(expected);
  else {
    const off = Math.abs(Number(found ?? Number.NaN) - expected);
    expect(off, `column ${what}`).toBeLessThanOrEqual(1e-9 * Math.abs(expected));
  }
}

function expectTrades(rows: readonly Row[], sql: ReadonlyMap<number, Row>): void {
  const none = { trades: 0, buyVolume: 0, sellVolume: 0, unknownVolume: 0, notional: 0 };
  const noPrice = { vwap: null, open: null, high: null, low: null, close: null };
  for (const row of rows) {
    const expected: Row = sql.get(Number(row["start"])) ?? { ...none, ...noPrice };
    for (const name of Object.keys({ ...none, ...noPrice })) {
      expectNear(row[name], expected[name], `${name} at ${row["start"]}`);
    }
  }
}

const TRADES = `count(*) AS trades, coalesce(sum(size) FILTER (side = 1), 0) AS buyVolume,
  coalesce(sum(size) FILTER (side = -1), 0) AS sellVolume, coalesce(sum(size) FILTER (side = 0), 0) AS unknownVolume,
  sum(price * size) AS notional, sum(price * size) / sum(size) AS vwap, arg_min(price, seq) AS open, max(price) AS high,
  min(price) AS low, arg_max(price, seq) AS close`;

/** Whether a column is of the book's exact levels, and no quotient of them. */
const isExact = (name: string): boolean => /^(bid|ask)|Messages$|Micros$|^valid$/.test(name);

function expectBook(rows: readonly Row[], plain: ReadonlyMap<number, Row>): void {
  let compared = 0;
  for (const row of rows) {
    for (const [name, expected] of Object.entries(plain.get(Number(row["start"])) ?? {})) {
      const what = `${name} at ${row["start"]}`;
      if (isExact(name)) expect(row[name], `column ${what}`).toBe(expected);
      // The spread is a difference of prices a hundred thousand times as large.
      else if (/pread/.test(name))
        expect(row[name], `column ${what}`).toBeCloseTo(Number(expected), 6);
      else expectNear(row[name], expected, what);
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(100 * plain.size);
}

describe.skipIf(!existsSync(BINANCE))("bars of usdm_btcusdt_20240808.gz", () => {
  let own: Awaited<ReturnType<typeof barsOf>>;
  beforeAll(async () => {
    own = await barsOf(BINANCE, "binance-usdm:BTCUSDT", "1s");
  }, LONG);

  it("are a row a second, the same in both formats", () => {
    expect(own.rows).toHaveLength(345);
    expect(own.asArrow).toEqual(own.rows);
  });

  it("have the trades that SQL over the lake has", async () => {
    const sql = await bySecond(own.lake, "trades", TRADES);
    expect(sql.size).toBeGreaterThan(300);
    expectTrades(own.rows, sql);
  });

  it(
    "have the book that the plain one has",
    async () => {
      expectBook(own.rows, await plainBook(own.lake, "binance-usdm:BTCUSDT"));
    },
    LONG,
  );
});

describe.skipIf(!existsSync(LIGHTER))("bars of lighter_BTC_20251210_l2_trades_liqs.json.gz", () => {
  let own: Awaited<ReturnType<typeof barsOf>>;
  beforeAll(async () => {
    own = await barsOf(LIGHTER, "lighter:BTC", "1s");
  }, LONG);

  it("are a row a second, the same in both formats", () => {
    expect(own.rows).toHaveLength(812);
    expect(own.asArrow).toEqual(own.rows);
  });

  it("have the trades and liquidations that SQL over the lake has", async () => {
    expectTrades(own.rows, await bySecond(own.lake, "trades", TRADES));
    const names = ["Buy", "Sell", "Unknown"].flatMap((who, i) => {
      const filter = `FILTER (side = ${[1, -1, 0][i]})`;
      return [
        [`forced${who}Count`, `count(*) ${filter}`],
        [`forced${who}Size`, `coalesce(sum(size) ${filter}, 0)`],
        [`forced${who}Notional`, `coalesce(sum(price * size) ${filter}, 0)`],
      ] as const;
    });
    const columns = names.map(([name, of]) => `${of} AS ${name}`).join(", ");
    const sql = await bySecond(own.lake, "liquidations", columns);
    expect([...sql.values()].reduce((all, row) => all + Number(row["forcedSellCount"]), 0)).toBe(
      own.rows.reduce((all, row) => all + Number(row["forcedSellCount"]), 0),
    );
    for (const row of own.rows) {
      const expected = sql.get(Number(row["start"]));
      for (const [name] of names) expectNear(row[name], expected?.[name] ?? 0, name);
    }
  });

  it("have what the venue told last, as SQL over the lake has it", async () => {
    for (const name of ["markPrice", "indexPrice", "fundingRate", "openInterest"]) {
      const told = await bySecond(
        own.lake,
        "tickers",
        `arg_max(${name}, seq) FILTER (${name} IS NOT NULL) AS told`,
      );
      let last: ArrowValue = null;
      for (const row of own.rows) {
        last = told.get(Number(row["start"]))?.["told"] ?? last;
        expect(row[name], `column ${name} at ${row["start"]}`).toBe(last);
      }
      // This venue's messages have no open interest.
      expect(last === null).toBe(name === "openInterest");
    }
  });

  it(
    "have the book that the plain one has",
    async () => {
      expectBook(own.rows, await plainBook(own.lake, "lighter:BTC"));
    },
    LONG,
  );
});
