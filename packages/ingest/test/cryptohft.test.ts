import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ASK,
  BID,
  BUY,
  MESSAGE_END,
  ROWS_LOST,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
  decimal,
} from "@aftershock/schema";
import { openDuck, sqlString, type Duck } from "../src/duck.ts";
import type { ReadHints, SourceFile, SourceReader } from "../src/source.ts";
import { cryptohft } from "../src/sources/cryptohft/cryptohft.ts";
import { memorySink, type MemorySink } from "./memorySink.ts";

/** 2025-10-10 21:15:00 UTC, ms. */
const AT = 1_760_130_900_000;
const USDM: ReadHints = { venue: "binance-usdm" };
let folder: string;
let duck: Duck;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-cryptohft-"));
  duck = await openDuck();
});
afterAll(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

function fileOf(name: string, bytes: Uint8Array): SourceFile {
  return {
    name,
    async *bytes(): AsyncGenerator<Uint8Array> {
      yield bytes;
    },
    lines: () => {
      throw new Error("a Parquet file has no lines");
    },
  };
}

async function parquet(select: string): Promise<Uint8Array> {
  const path = join(folder, "made.parquet");
  await duck.run(`COPY (${select}) TO ${sqlString(path)} (FORMAT parquet)`);
  return readFile(path);
}

interface Level {
  readonly type?: "snapshot" | "update";
  readonly received: number;
  readonly first?: number;
  readonly final?: number;
  readonly prev?: number;
  readonly last?: number;
  readonly side?: string;
  readonly price: string;
  readonly size: string;
  readonly transaction?: boolean;
}

const orNull = (value: number | undefined): string =>
  value === undefined ? "NULL" : String(value);

/** A file of the archive with these rows. */
function book(...levels: Level[]): Promise<Uint8Array> {
  const rows = levels.map((level) => {
    const { type = "update", received, side = "bid", price, size, transaction = true } = level;
    const ids = [level.first, level.final, level.prev, level.last].map(orNull).join(", ");
    return `(${AT + received}000000::BIGINT + 123456, ${AT + received - 3}::BIGINT, ${transaction ? AT + received - 5 : "NULL"}::BIGINT, 'BTCUSDT', '${type}', ${ids}, '${side}', '${price}', '${size}', NULL)`;
  });
  const names =
    "received_time, event_time, transaction_time, symbol, event_type, first_update_id, final_update_id, prev_final_update_id, last_update_id, side, price, quantity, order_count";
  return parquet(`SELECT * FROM (VALUES ${rows.join(", ")}) AS t(${names})`);
}

async function read(
  bytes: Uint8Array,
  hints: ReadHints = USDM,
  reader: SourceReader = cryptohft.createReader(hints),
): Promise<MemorySink> {
  const memory = memorySink();
  await reader.read(fileOf("BTCUSDT_orderbook_2025-10-10_21.parquet", bytes), memory.sink);
  return memory;
}

const summary = (memory: MemorySink): unknown =>
  memory
    .of("book")
    .map(({ line, side, flags, updateId, prevUpdateId }) => [
      line,
      side,
      flags,
      updateId,
      prevUpdateId,
    ]);

const SNAP = { type: "snapshot", last: 100, received: 0, price: "113000.0", size: "1.5" } as const;
const DIFF = { first: 99, final: 110, prev: 98, received: 100, price: "113000.10", size: "0" };

describe("cryptohft books", () => {
  it("puts the levels of a message together again, with both clocks and the venue's chain", async () => {
    const memory = await read(
      await book(SNAP, { ...SNAP, side: "ask", price: "113001" }, DIFF, { ...DIFF, side: "ask" }),
    );
    expect(summary(memory)).toEqual([
      [1, BID, SNAPSHOT | SNAPSHOT_START, 100, undefined],
      [2, ASK, SNAPSHOT | MESSAGE_END, 100, undefined],
      [3, BID, 0, 110, 98],
      [4, ASK, MESSAGE_END, 110, 98],
    ]);
    expect(memory.of("book", "binance-usdm:BTCUSDT")[2]).toMatchObject({
      tsEvent: (AT + 95) * 1_000,
      tsRecv: (AT + 100) * 1_000 + 123,
      price: decimal("113000.1"),
      size: decimal("0"),
    });
    expect(memory.datasets).toEqual(["orderbook"]);
  });

  it("holds changes back for the snapshot that they belong after", async () => {
    const memory = await read(
      await book(
        { ...DIFF, received: 0, first: 99, final: 105, prev: 98 },
        { ...DIFF, received: 10, first: 106, final: 110, prev: 105 },
        { ...SNAP, received: 20, last: 107 },
      ),
    );
    expect(summary(memory)).toEqual([
      [1, BID, MESSAGE_END, 105, 98],
      [3, BID, SNAPSHOT | SNAPSHOT_START | MESSAGE_END, 107, undefined],
      [2, BID, MESSAGE_END, 110, 105],
    ]);
  });

  it("goes on from one hour to the next, and counts a message that comes twice", async () => {
    const reader = cryptohft.createReader(USDM);
    await read(await book(SNAP, DIFF), USDM, reader);
    const next = { ...DIFF, received: 200, first: 111, final: 120, prev: 110 };
    const memory = await read(await book(DIFF, { ...DIFF, side: "ask" }, next), USDM, reader);
    expect(summary(memory)).toEqual([[3, BID, MESSAGE_END, 120, 110]]);
    expect(memory.skipped.map(({ line, reason }) => [line.number, reason])).toEqual([
      [1, "duplicate depth update"],
      [2, "duplicate depth update"],
    ]);
  });

  it("chains spot by the first id, and says where a level was lost", async () => {
    const spot = { ...DIFF, transaction: false };
    const { prev: _, ...unchained } = spot;
    const memory = await read(
      await book(SNAP, unchained, { ...unchained, price: "-1" }, { ...unchained, price: "5" }),
      { venue: "binance" },
    );
    expect(summary(memory)).toEqual([
      [1, BID, SNAPSHOT | SNAPSHOT_START | MESSAGE_END, 100, undefined],
      [2, BID, ROWS_LOST, 110, 98],
      [4, BID, MESSAGE_END, 110, 98],
    ]);
    expect(memory.of("book", "binance:BTCUSDT")[1]?.tsEvent).toBe((AT + 97) * 1_000);
    expect(memory.quarantined.map(({ line, reason }) => [line.number, reason])).toEqual([
      [3, 'column price: "-1" is not above zero'],
    ]);
  });

  it("quarantines rows with bad ids or words", async () => {
    const memory = await read(
      await book(
        SNAP,
        { ...DIFF, side: "both" },
        { received: 100, price: "1", size: "1" },
        { ...DIFF, first: 111 },
        { ...DIFF, prev: 110 },
      ),
    );
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      'column side: "both" is not one of bid, ask',
      'column final_update_id: "" is not an update id',
      'column first_update_id: "111" is not an id up to final_update_id',
      'column prev_final_update_id: "110" is not an id before the last',
    ]);
  });
});

describe("cryptohft trades", () => {
  const OTHER = "SELECT 1 AS received_time";
  const trades = (...rows: string[]): Promise<Uint8Array> =>
    parquet(
      `SELECT * FROM (VALUES ${rows.join(", ")}) AS t(received_time, event_time, symbol, trade_id, price, quantity, trade_time, is_buyer_maker, order_type)`,
    );
  const row = (id: number, maker: boolean, type: string): string =>
    `(${AT}123456::BIGINT, ${AT}::BIGINT, 'BTCUSDT', ${id}::BIGINT, '113000.10', '0.5', ${AT - 1}::BIGINT, ${maker}, '${type}')`;

  it("reads the taker's side and both clocks, and skips what happened off the book", async () => {
    const memory = await read(
      await trades(row(1, true, "MARKET"), row(2, false, "MARKET"), row(3, true, "INSURANCE")),
    );
    expect(memory.of("trades", "binance-usdm:BTCUSDT")).toEqual([
      {
        line: 1,
        tsEvent: (AT - 1) * 1_000,
        tsRecv: AT * 1_000 + 123,
        tradeId: "1",
        side: SELL,
        price: decimal("113000.1"),
        size: decimal("0.5"),
      },
      expect.objectContaining({ line: 2, tradeId: "2", side: BUY }),
    ]);
    expect(memory.skipped.map(({ reason }) => reason)).toEqual(["trade off the book (INSURANCE)"]);
    expect(memory.datasets).toEqual(["trades"]);
  });

  it("finds the text of its records again", async () => {
    const texts: string[] = [];
    const file = fileOf("BTCUSDT_trades.parquet", await trades(row(7, true, "MARKET")));
    for await (const batch of cryptohft.records?.(file) ?? []) {
      for (const { number, text } of batch) texts.push(`${number} ${text}`);
    }
    expect(texts).toEqual([`1 ${AT}123456,${AT},${AT - 1},BTCUSDT,7,113000.10,0.5,true,MARKET`]);
  });

  it("refuses files with other columns, damaged ones, and those of no market named", async () => {
    await expect(read(await parquet(OTHER))).rejects.toThrow(
      /has the columns received_time; expected those of orderbook \(received_time, symbol, event_type, side, price, quantity, …\) or trades/,
    );
    await expect(read(Buffer.from("PAR1 and nothing more"))).rejects.toThrow(
      /BTCUSDT_orderbook_2025-10-10_21\.parquet: the Parquet file cannot be read/,
    );
    const whole = await book(SNAP, DIFF);
    await expect(read(whole.slice(0, 200))).rejects.toThrow(/the Parquet file cannot be read/);
    await expect(read(whole, {})).rejects.toThrow(/--venue is needed/);
    await expect(read(whole, { venue: "bybit" })).rejects.toThrow(
      /--venue bybit: .* can only be read as one of binance, binance-usdm, binance-coinm/,
    );
  });

  it("is recognised by its magic bytes and the archive's name", async () => {
    const bytes = await book(SNAP);
    const recognised = (name: string): boolean => cryptohft.recognises({ name, bytes, text: "" });
    expect(recognised("BTCUSDT_orderbook_2025-10-10_21.parquet")).toBe(true);
    expect(recognised("BTCUSDT_trades.parquet.zst")).toBe(true);
    expect(recognised("rows.parquet")).toBe(false);
    expect(
      cryptohft.recognises({ name: "BTCUSDT_trades.parquet", bytes: Buffer.from("x"), text: "x" }),
    ).toBe(false);
  });
});
