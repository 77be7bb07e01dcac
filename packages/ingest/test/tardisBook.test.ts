import { describe, expect, it } from "vitest";
import { ASK, BID, MESSAGE_END, SNAPSHOT, SNAPSHOT_START, formatDecimal } from "@aftershock/schema";
import { tardis } from "../src/sources/tardis/tardis.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const HEADER = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount";
const T = 1_640_995_200_000_000;

/** `at snapshot side price amount` with `at` in µs after T, as a line of the file. */
function line(short: string, symbol = "BTCUSDT"): string {
  const [at = "", snapshot = "", side = "", price = "", amount = ""] = short.split(" ");
  const recv = T + Number(at);
  return `binance-futures,${symbol},${recv - 500},${recv},${snapshot},${side},${price},${amount}`;
}

const bookFile = (...lines: string[]): string => [HEADER, ...lines, ""].join("\n");

async function readBooks(...files: string[]): Promise<MemorySink> {
  const memory = memorySink();
  const reader = tardis.createReader({});
  for (const [place, text] of files.entries()) {
    await reader.read(
      fileOf(`binance-futures_incremental_book_L2_${place}.csv`, text),
      memory.sink,
    );
  }
  return memory;
}

const FLAGS: readonly (readonly [number, string])[] = [
  [SNAPSHOT_START, "start"],
  [SNAPSHOT, "snapshot"],
  [MESSAGE_END, "end"],
];

/** Each row as `at side price size flags`. */
const shown = (memory: MemorySink, id = "binance-usdm:BTCUSDT"): string[] =>
  memory.of("book", id).map((row) => {
    const side = row.side === BID ? "bid" : row.side === ASK ? "ask" : "none";
    const flags = FLAGS.filter(([bit]) => (row.flags & bit) !== 0).map(([, name]) => name);
    const level = `${formatDecimal(row.price)} ${formatDecimal(row.size)}`;
    return [(row.tsRecv ?? 0) - T, side, level, ...flags].join(" ");
  });

const notesOf = (memory: MemorySink): Record<string, number> => Object.fromEntries(memory.notes);

describe("tardis incremental_book_L2", () => {
  it("discards the book where is_snapshot goes from false to true, and keeps deletes of levels", async () => {
    const memory = await readBooks(
      bookFile(
        line("0 true bid 50000.0 1.0"),
        line("0 true ask 50001 2"),
        line("10 false bid 50000.0 0.0"),
        line("20 true bid 50100 3"),
        line("20 true ask 50101 4"),
        line("30 false ask 50101 0"),
      ),
    );
    expect(shown(memory)).toEqual([
      "0 bid 50000 1 start snapshot",
      "0 ask 50001 2 snapshot end",
      "10 bid 50000 0 end",
      "20 bid 50100 3 start snapshot",
      "20 ask 50101 4 snapshot end",
      "30 ask 50101 0 end",
    ]);
    expect(memory.of("book")[0]).toMatchObject({ tsEvent: T - 500, tsRecv: T, line: 2 });
    expect(notesOf(memory)).toEqual({});
  });

  it("closes a message on a change of local_timestamp, never of the exchange's", async () => {
    const memory = await readBooks(
      bookFile(
        line("0 true bid 100 1"),
        "binance-futures,BTCUSDT,1640995200000100,1640995200000777,false,bid,101,1",
        "binance-futures,BTCUSDT,1640995200000200,1640995200000777,false,bid,102,1",
        "binance-futures,BTCUSDT,1640995200000200,1640995200000888,false,bid,103,1",
      ),
    );
    expect(shown(memory).slice(1)).toEqual([
      "777 bid 101 1",
      "777 bid 102 1 end",
      "888 bid 103 1 end",
    ]);
    expect(memory.of("book").map((row) => row.tsEvent)).toEqual([
      T - 500,
      T + 100,
      T + 200,
      T + 200,
    ]);
  });

  it("keeps rows before the first snapshot, says so, and starts the snapshot after them", async () => {
    const memory = await readBooks(
      bookFile(
        line("0 false bid 99 1"),
        line("0 false ask 100 0"),
        line("5 true bid 98 1"),
        line("9 false bid 98 0"),
      ),
    );
    expect(shown(memory)).toEqual([
      "0 bid 99 1",
      "0 ask 100 0 end",
      "5 bid 98 1 start snapshot end",
      "9 bid 98 0 end",
    ]);
    expect(notesOf(memory)).toEqual({ "book binance-usdm:BTCUSDT beforeFirstSnapshot": 2 });
  });

  it("joins a snapshot that spans several local_timestamps into one message", async () => {
    const memory = await readBooks(
      bookFile(
        line("0 true bid 100 1"),
        line("1 true bid 99 1"),
        line("2 true ask 101 1"),
        line("3 false ask 101 2"),
      ),
    );
    expect(shown(memory)).toEqual([
      "0 bid 100 1 start snapshot",
      "1 bid 99 1 snapshot",
      "2 ask 101 1 snapshot end",
      "3 ask 101 2 end",
    ]);
  });

  it("takes snapshot rows that state a level again for a new snapshot, as snapshot-only venues send", async () => {
    const memory = await readBooks(
      bookFile(
        line("0 true bid 100.0 1"),
        line("0 true ask 101 1"),
        line("1 true bid 100 3"),
        line("1 true ask 102 1"),
      ),
    );
    expect(shown(memory)).toEqual([
      "0 bid 100 1 start snapshot",
      "0 ask 101 1 snapshot end",
      "1 bid 100 3 start snapshot",
      "1 ask 102 1 snapshot end",
    ]);
  });

  it("takes snapshot rows that would cross the levels before them for a new snapshot", async () => {
    const memory = await readBooks(
      bookFile(
        line("0 true bid 100 1"),
        line("0 true ask 101 1"),
        line("1 true bid 90 1"),
        line("1 true ask 91 1"),
      ),
    );
    expect(shown(memory).slice(2)).toEqual([
      "1 bid 90 1 start snapshot",
      "1 ask 91 1 snapshot end",
    ]);
  });

  it("leaves no message end between snapshot and update rows of one local_timestamp", async () => {
    const memory = await readBooks(
      bookFile(line("0 true bid 100 1"), line("0 false bid 100 2"), line("0 true ask 105 1")),
    );
    expect(shown(memory)).toEqual([
      "0 bid 100 1 start snapshot",
      "0 bid 100 2",
      "0 ask 105 1 start snapshot end",
    ]);
  });

  it("keeps a one-sided snapshot one-sided", async () => {
    const memory = await readBooks(
      bookFile(line("0 true ask 101 1"), line("0 true ask 102 1"), line("1 false ask 101 0")),
    );
    expect(shown(memory)).toEqual([
      "0 ask 101 1 start snapshot",
      "0 ask 102 1 snapshot end",
      "1 ask 101 0 end",
    ]);
  });

  it("keeps the books of interleaved instruments apart", async () => {
    const memory = await readBooks(
      bookFile(
        line("0 true bid 100 1"),
        line("0 true bid 10 1", "ETHUSDT"),
        line("0 true ask 101 1"),
        line("1 false bid 10 0", "ETHUSDT"),
        line("1 false ask 101 0"),
      ),
    );
    expect(shown(memory)).toEqual([
      "0 bid 100 1 start snapshot",
      "0 ask 101 1 snapshot end",
      "1 ask 101 0 end",
    ]);
    expect(shown(memory, "binance-usdm:ETHUSDT")).toEqual([
      "0 bid 10 1 start snapshot end",
      "1 bid 10 0 end",
    ]);
  });

  it("continues a book from file to file: the next day's snapshot starts a new one", async () => {
    const memory = await readBooks(
      bookFile(line("0 true bid 100 1"), line("1 false bid 100 2")),
      bookFile(line("2 false bid 99 1"), line("3 true bid 98 1")),
    );
    expect(shown(memory)).toEqual([
      "0 bid 100 1 start snapshot end",
      "1 bid 100 2 end",
      "2 bid 99 1 end",
      "3 bid 98 1 start snapshot end",
    ]);
    expect(notesOf(memory)).toEqual({});
  });

  it("continues a snapshot that the end of a file cut", async () => {
    const memory = await readBooks(
      bookFile(line("0 true bid 100 1")),
      bookFile(line("0 true ask 101 1"), line("1 false ask 101 2")),
    );
    expect(shown(memory)).toEqual([
      "0 bid 100 1 start snapshot end",
      "0 ask 101 1 snapshot end",
      "1 ask 101 2 end",
    ]);
  });

  it("ends the message at the last good row when the last row is bad", async () => {
    const memory = await readBooks(
      bookFile(line("0 true bid 100 1"), line("0 true ask 101 -1"), line("1 false bid 100 2")),
    );
    expect(shown(memory)).toEqual(["0 bid 100 1 start snapshot end", "1 bid 100 2 end"]);
    expect(memory.quarantined).toEqual([
      {
        line: { number: 3, text: line("0 true ask 101 -1") },
        reason: 'column amount: "-1" is not a size of zero or more',
      },
    ]);
  });

  it("gives every row the line it was on, in the order of the lines of its book, around bad lines", async () => {
    const memory = await readBooks(
      bookFile(
        line("0 true bid 100 1"),
        line("0 true bid 10 1", "ETHUSDT"),
        line("1 true ask 101 1"),
        line("1 true ask 102 x"),
        line("1 false bid 100 2"),
        line("2 false bid 10 x", "ETHUSDT"),
        line("2 false ask 101 2"),
        line("2 false ask 101 x"),
        line("2 false ask 101 3"),
        line("2 false bid 10 2", "ETHUSDT"),
        line("3 false ask 101 4"),
      ),
    );
    const lines = (id: string): number[] => memory.of("book", id).map((row) => row.line);
    expect(lines("binance-usdm:BTCUSDT")).toEqual([2, 4, 6, 8, 10, 12]);
    expect(lines("binance-usdm:ETHUSDT")).toEqual([3, 11]);
    expect(memory.quarantined.map(({ line: bad }) => bad.number)).toEqual([5, 7, 9]);
  });

  it("quarantines prices and sizes that are finer than any venue quotes", async () => {
    const memory = await readBooks(
      bookFile(
        line("0 true bid 1e-18 0.000000000000000001"),
        line("0 true ask 1e-30 1"),
        line("0 true ask 1e-19 1"),
        line("0 true ask 101 1e-40"),
        line("0 true ask 0.50000000000000000000 1"),
      ),
    );
    expect(shown(memory)).toHaveLength(2);
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      'column price: "1e-30" is not a decimal number of at most 18 decimals that fits 2^53',
      'column price: "1e-19" is not a decimal number of at most 18 decimals that fits 2^53',
      'column amount: "1e-40" is not a decimal number of at most 18 decimals that fits 2^53',
    ]);
  });

  it("quarantines a bad side and a bad snapshot flag", async () => {
    const memory = await readBooks(
      bookFile(line("0 TRUE bid 100 1"), line("0 true buy 100 1"), line("0 true bid 1e400 1")),
    );
    expect(memory.rows).toEqual([]);
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      'column is_snapshot: "TRUE" is not one of true, false',
      'column side: "buy" is not one of bid, ask',
      'column price: "1e400" is not a decimal number of at most 18 decimals that fits 2^53',
    ]);
  });

  it("refuses snapshots and increments of one book in one ingest", async () => {
    const memory = memorySink();
    const reader = tardis.createReader({});
    await reader.read(fileOf("a.csv", bookFile(line("0 true bid 100 1"))), memory.sink);
    const levels = Array.from({ length: 5 }, (_, i) => [
      `asks[${i}].price,asks[${i}].amount,bids[${i}].price,bids[${i}].amount`,
    ]);
    const header = `exchange,symbol,timestamp,local_timestamp,${levels.join(",")}`;
    const snapshot = `binance-futures,BTCUSDT,${T},${T + 1}${",".repeat(20)}`;
    await expect(
      reader.read(fileOf("b.csv", `${header}\n${snapshot}\n`), memory.sink),
    ).rejects.toThrow(
      "b.csv: book_snapshot_5 of binance-usdm:BTCUSDT, whose rows of book are already read from incremental_book_L2",
    );
  });
});
