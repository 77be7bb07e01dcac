import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Instrument, micros } from "@aftershock/schema";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDuck, sqlString } from "../src/duck.ts";
import { exportLake, type ExportOptions, type ExportResult } from "../src/export/exportLake.ts";
import { nautilusName } from "../src/export/nautilusName.ts";
import { DAY, SIMULATED, type TestLake, testLake } from "./exportedLake.ts";

let made: TestLake;
let out: string;
let count = 0;

const BTC = "binance-usdm:BTCUSDT";

beforeAll(async () => {
  made = await testLake();
  const at = (event: number, recv: number): string =>
    `binance-futures,BTCUSDT,${DAY + event},${DAY + recv}`;
  await made.add(
    "binance-futures_incremental_book_L2_2026-02-05_BTCUSDT.csv",
    "is_snapshot,side,price,amount",
    [
      `${at(100, 110)},true,bid,63000,2`,
      `${at(100, 110)},true,ask,63001,3`,
      `${at(190, 200)},false,bid,63000,0`,
      `${at(190, 200)},false,ask,63000.5,0.25`,
      `${at(290, 300)},true,bid,62000,9`,
    ],
  );
  await made.add("binance-futures_trades_2026-02-05_BTCUSDT.csv", "id,side,price,amount", [
    `${at(195, 201)},1,sell,63000,0.5`,
    `${at(250, 260)},,buy,63000.5,0.013`,
    `${at(251, 261)},3,unknown,63000.5,9007199`,
  ]);
  await made.add(
    "binance-futures_quotes_2026-02-05_BTCUSDT.csv",
    "ask_amount,ask_price,bid_price,bid_amount",
    [`${at(190, 200)},1,63000.6,63000.5,0.25`, `${at(210, 220)},,,62999.9,3`],
  );
  await made.simulate("trades", SIMULATED, [
    { tsEvent: DAY + 4_000, tsRecv: DAY + 4_100, tradeId: "x", side: 1, price: 126_001, size: 3 },
  ]);
  await made.simulate(
    "trades",
    { ...SIMULATED, id: "sim:FINE", symbol: "FINE", tick: { mantissa: 1, decimals: 17 } },
    [{ tsEvent: DAY + 4_000, side: 1, price: 1, size: 3 }],
  );
  await made.simulate(
    "trades",
    { ...SIMULATED, id: "sim:HUGE", symbol: "HUGE", lot: { mantissa: 1, decimals: 0 } },
    [{ tsEvent: DAY + 4_000, side: 1, price: 1, size: 34_028_236_692_094 }],
  );
});
afterAll(() => made.remove());

beforeEach(async () => {
  count += 1;
  out = join(made.folder, `out-${count}`);
  await mkdir(out);
});

async function write(
  ids: readonly string[] = [BTC],
  rest: Partial<ExportOptions> = {},
): Promise<ExportResult> {
  const partitions = (await made.lake.list()).filter(({ instrument }) =>
    ids.includes(instrument.id),
  );
  const { lake } = made;
  return exportLake({ lake, partitions, format: "nautilus", out: join(out, "cat"), ...rest });
}

/** Sixteen bytes, the lowest first, as a signed number of 1e-16. */
function fixed(hex: string): bigint {
  const bytes = Buffer.from(hex, "hex");
  return (bytes.readBigInt64LE(8) << 64n) + bytes.readBigUInt64LE(0);
}

/** The rows of a class, fixed-point columns as whole numbers of 1e-16, times relative to the day in ns. */
async function rowsOf(folder: string): Promise<readonly Record<string, unknown>[]> {
  const path = join(out, "cat/data", folder);
  const duck = await openDuck();
  try {
    const file = sqlString(join(path, (await readdir(path))[0]!));
    const schema = await duck.rows(
      `SELECT name, type, type_length FROM parquet_schema(${file}) WHERE num_children IS NULL`,
    );
    const blobs = schema.filter((one) => one["type"] === "FIXED_LEN_BYTE_ARRAY");
    expect(blobs.every((one) => Number(one["type_length"]) === 16)).toBe(true);
    const replaced = [
      ...blobs.map(({ name }) => `hex(${String(name)}) AS ${String(name)}`),
      ...["ts_event", "ts_init"].map((name) => `(${name} - ${DAY}000)::BIGINT AS ${name}`),
    ];
    const rows = await duck.rows(`SELECT * REPLACE (${replaced.join(", ")}) FROM ${file}`);
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          blobs.some((one) => one["name"] === name) ? fixed(String(value)) : value,
        ]),
      ),
    );
  } finally {
    duck.close();
  }
}

async function metadata(folder: string): Promise<Readonly<Record<string, string>>> {
  const path = join(out, "cat/data", folder);
  const duck = await openDuck();
  try {
    const file = sqlString(join(path, (await readdir(path))[0]!));
    const rows = await duck.rows(
      `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata(${file})`,
    );
    return Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)]));
  } finally {
    duck.close();
  }
}

/** 1, in units of 1e-16. */
const ONE = 10n ** 16n;

describe("an export to a catalog of nautilus_trader", () => {
  it("names files by class, instrument and the first and last ts_init", async () => {
    const { files, notes } = await write();
    expect(files.map(({ path, rows }) => [path, rows])).toEqual([
      [
        "data/trade_tick/BTCUSDT-PERP.BINANCE/2026-02-05T00-00-00-000201000Z_2026-02-05T00-00-00-000261000Z.parquet",
        3,
      ],
      [
        "data/quote_tick/BTCUSDT-PERP.BINANCE/2026-02-05T00-00-00-000200000Z_2026-02-05T00-00-00-000200000Z.parquet",
        1,
      ],
      [
        "data/order_book_delta/BTCUSDT-PERP.BINANCE/2026-02-05T00-00-00-000110000Z_2026-02-05T00-00-00-000300000Z.parquet",
        7,
      ],
    ]);
    expect(notes).toEqual({ tradeIdsMadeUp: 1, oneSidedQuotesLeftOut: 1 });
  });

  it("writes trades with fixed-point numbers, the aggressor, an id each and both clocks in ns", async () => {
    await write();
    expect(await rowsOf("trade_tick/BTCUSDT-PERP.BINANCE")).toEqual([
      {
        price: 63000n * ONE,
        size: 5n * (ONE / 10n),
        aggressor_side: 2,
        trade_id: "1",
        ts_event: 195_000,
        ts_init: 201_000,
      },
      {
        price: 630005n * (ONE / 10n),
        size: 13n * (ONE / 1000n),
        aggressor_side: 1,
        trade_id: "seq-1",
        ts_event: 250_000,
        ts_init: 260_000,
      },
      {
        price: 630005n * (ONE / 10n),
        size: 9007199n * ONE,
        aggressor_side: 0,
        trade_id: "3",
        ts_event: 251_000,
        ts_init: 261_000,
      },
    ]);
    const about = await metadata("trade_tick/BTCUSDT-PERP.BINANCE");
    expect(about).toMatchObject({
      instrument_id: "BTCUSDT-PERP.BINANCE",
      price_precision: "1",
      size_precision: "3",
    });
    expect(JSON.parse(about["aftershock"]!)).toMatchObject({ simulated: false });
  });

  it("writes quotes that have both sides", async () => {
    await write();
    expect(await rowsOf("quote_tick/BTCUSDT-PERP.BINANCE")).toEqual([
      {
        bid_price: 630005n * (ONE / 10n),
        ask_price: 630006n * (ONE / 10n),
        bid_size: 25n * (ONE / 100n),
        ask_size: ONE,
        ts_event: 190_000,
        ts_init: 200_000,
      },
    ]);
  });

  it("writes snapshots as a clear and additions, changes as updates and deletes, and marks each message's last", async () => {
    await write();
    const rows = await rowsOf("order_book_delta/BTCUSDT-PERP.BINANCE");
    const [CLEAR, ADD, UPDATE, DELETE] = [4, 1, 2, 3];
    expect(
      rows.map(({ action, side, price, size, flags, ts_init }) => [
        action,
        side,
        (price as bigint) / (ONE / 10n),
        (size as bigint) / (ONE / 1000n),
        flags,
        ts_init,
      ]),
    ).toEqual([
      [CLEAR, 0, 0n, 0n, 32, 110_000],
      [ADD, 1, 630_000n, 2_000n, 32, 110_000],
      [ADD, 2, 630_010n, 3_000n, 32 + 128, 110_000],
      [DELETE, 1, 630_000n, 0n, 0, 200_000],
      [UPDATE, 2, 630_005n, 250n, 128, 200_000],
      [CLEAR, 0, 0n, 0n, 32, 300_000],
      [ADD, 1, 620_000n, 9_000n, 32 + 128, 300_000],
    ]);
    expect(rows.every(({ order_id, sequence }) => order_id === 0 && sequence === 0)).toBe(true);
  });

  it("begins a window with the book of that time, and leaves classes out that have nothing in it", async () => {
    const { files } = await write([BTC], { from: micros(DAY + 210), to: micros(DAY + 230) });
    expect(files.map(({ path }) => path.split("/")[1])).toEqual(["order_book_delta"]);
    expect(await readdir(join(out, "cat"))).toEqual(["data"]);
    expect(await readdir(join(out, "cat/data"))).toEqual(["order_book_delta"]);
    const rows = await rowsOf("order_book_delta/BTCUSDT-PERP.BINANCE");
    expect(rows.map(({ action, ts_event, ts_init }) => [action, ts_event, ts_init])).toEqual([
      [4, 190_000, 210_000],
      [1, 190_000, 210_000],
      [1, 190_000, 210_000],
    ]);
  });

  it("says of simulated rows that they are", async () => {
    const { simulated } = await write(["sim:BTC-PERPETUAL"]);
    expect(simulated).toBe(true);
    const about = await metadata("trade_tick/BTC-PERPETUAL.SIM");
    expect(JSON.parse(about["aftershock"]!)).toMatchObject({
      simulated: true,
      partitions: [{ instrument: "sim:BTC-PERPETUAL", simulated: { seed: 7 } }],
    });
  });

  it("refuses what nautilus_trader cannot hold", async () => {
    await expect(write(["sim:FINE"])).rejects.toThrow(
      /16 decimals: a price step of 0\.00000000000000001/,
    );
    await expect(write(["sim:HUGE"])).rejects.toThrow(
      /a size of 340282366920940{16}e-16 is beyond/,
    );
    expect(await readdir(out)).toEqual([]);
  });
});

describe("nautilusName", () => {
  it.each([
    ["binance", "BTCUSDT", "linear", "BTCUSDT.BINANCE"],
    ["binance-usdm", "BTCUSDT", "linear", "BTCUSDT-PERP.BINANCE"],
    ["binance-usdm", "BTCUSDT_260327", "linear", "BTCUSDT_260327.BINANCE"],
    ["binance-coinm", "BTCUSD_PERP", "inverse", "BTCUSD_PERP.BINANCE"],
    ["bybit", "BTCUSDT", "linear", "BTCUSDT-LINEAR.BYBIT"],
    ["bybit", "BTCUSD", "inverse", "BTCUSD-INVERSE.BYBIT"],
    ["okex-swap", "BTC-USDT-SWAP", "linear", "BTC-USDT-SWAP.OKX"],
    ["deribit", "BTC-PERPETUAL", "inverse", "BTC-PERPETUAL.DERIBIT"],
    ["sim", "BTC-PERPETUAL", "inverse", "BTC-PERPETUAL.SIM"],
  ] as const)("calls %s:%s (%s) %s", (venue, symbol, contract, name) => {
    const instrument: Instrument = { ...SIMULATED, venue, symbol, contract };
    expect(nautilusName(instrument)).toBe(name);
  });
});
