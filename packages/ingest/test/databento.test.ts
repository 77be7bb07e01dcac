import { existsSync } from "node:fs";
import { zstdCompressSync } from "node:zlib";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ASK,
  BID,
  BUY,
  decimal,
  MESSAGE_END,
  NO_SIDE,
  ORDER_ADD,
  ORDER_CANCEL,
  ORDER_CLEAR,
  ORDER_MODIFY,
  ROWS_LOST,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { databento } from "../src/sources/databento/databento.ts";
import { dbnFile, mappingBytes, mboBytes, NO_PRICE, NO_TIME, START, type Mbo } from "./dbnFile.ts";
import { memoryFile } from "./memoryFile.ts";
import type { MemorySink } from "./memorySink.ts";
import { bid, F_LAST, F_SNAPSHOT, NANO, readDbn, readFiles, readMbo } from "./readDatabento.ts";
import { at, notesOf, readPath, reasonsOf, recording, skipsOf } from "./readWith.ts";

/** What matters of order rows: action, id, size after it, flags. */
const ordersOf = (memory: MemorySink): unknown[] =>
  memory
    .of("orders")
    .map(({ line, action, orderId, size, flags }) => [line, action, orderId, size.mantissa, flags]);

describe("Databento's market by order", () => {
  it.each([1, 2, 3])("is read from DBN of version %i, packed or not", async (version) => {
    const records = [
      { action: "A", side: "B", id: 7n, price: 4_799_250_000_000n, size: 3, sequence: 70 },
      {
        action: "M",
        side: "B",
        id: 7n,
        price: -250_000_000n,
        size: 2,
        flags: F_LAST,
        sequence: 71,
      },
    ];
    const bytes = dbnFile({ version }, records.map(mboBytes));
    const folder = await mkdtemp(join(tmpdir(), "aftershock-dbn-"));
    const path = join(folder, "a.dbn.zst");
    await writeFile(path, zstdCompressSync(bytes));
    const memory = await readPath(databento, path);
    await rm(folder, { recursive: true });
    const common = {
      tsEvent: at("2024-03-05T14:30:00Z"),
      // 1,500 ns later, rounded down.
      tsRecv: at("2024-03-05T14:30:00Z") + 1,
      orderId: "7",
      side: BID,
    };
    const shared = { stream: "orders", venue: "glbx-mdp3", symbol: "ESH4" };
    expect(memory.rows).toEqual([
      {
        ...shared,
        row: {
          ...common,
          line: 1,
          action: ORDER_ADD,
          price: decimal("4799.25"),
          size: decimal("3"),
          flags: 0,
          updateId: 70,
        },
      },
      {
        ...shared,
        row: {
          ...common,
          line: 2,
          action: ORDER_MODIFY,
          price: decimal("-0.25"),
          size: decimal("2"),
          flags: MESSAGE_END,
          updateId: 71,
        },
      },
    ]);
    expect(memory.quarantined).toEqual([]);
    expect(await readFiles([memoryFile("plain", bytes)])).toMatchObject({ rows: memory.rows });
  });

  it("cancels whole orders to nothing, and parts of them to what is left", async () => {
    const memory = await readMbo([
      { ...bid, action: "A", id: 1n, size: 10 },
      { ...bid, action: "C", id: 1n, size: 4 },
      { ...bid, action: "C", id: 1n, size: 6 },
      { ...bid, action: "C", id: 2n, size: 5, flags: F_LAST },
      { ...bid, action: "M", id: 3n, size: 5 },
      { ...bid, action: "C", id: 3n, size: 1, flags: F_LAST },
    ]);
    expect(ordersOf(memory)).toEqual([
      [1, ORDER_ADD, "1", 10, 0],
      [2, ORDER_MODIFY, "1", 6, 0],
      [3, ORDER_CANCEL, "1", 0, 0],
      [4, ORDER_CANCEL, "2", 0, MESSAGE_END],
      [5, ORDER_MODIFY, "3", 5, 0],
      [6, ORDER_MODIFY, "3", 4, MESSAGE_END],
    ]);
    expect(notesOf(memory)).toEqual({ "orders glbx-mdp3:ESH4 unknownOrder": 2 });
  });

  it("knows the orders of the files before", async () => {
    const first = dbnFile({}, [mboBytes({ ...bid, action: "A", id: 1n, size: 10, flags: F_LAST })]);
    const second = dbnFile({}, [mboBytes({ ...bid, action: "C", id: 1n, size: 4, flags: F_LAST })]);
    const memory = await readFiles([memoryFile("1.dbn", first), memoryFile("2.dbn", second)]);
    expect(ordersOf(memory)).toEqual([
      [1, ORDER_ADD, "1", 10, MESSAGE_END],
      [1, ORDER_MODIFY, "1", 6, MESSAGE_END],
    ]);
  });

  it("takes trades once, with the aggressor's side, and skips the fills of resting orders", async () => {
    const memory = await readMbo([
      { action: "T", side: "A", price: 4_799n * NANO, size: 2, sequence: 9 },
      { action: "F", side: "B", id: 1n, price: 4_799n * NANO, size: 2 },
      { ...bid, action: "C", id: 1n, size: 2, flags: F_LAST },
      { action: "T", side: "B", price: 4_800n * NANO, size: 1 },
      { action: "T", side: "N", price: 4_801n * NANO, size: 1 },
      { action: "N", flags: F_LAST },
    ]);
    expect(
      memory.of("trades").map(({ line, side, price, size }) => [line, side, price, size]),
    ).toEqual([
      [1, SELL, decimal("4799"), decimal("2")],
      [4, BUY, decimal("4800"), decimal("1")],
      [5, NO_SIDE, decimal("4801"), decimal("1")],
    ]);
    expect(skipsOf(memory)).toEqual([
      "2 fill of a resting order: it is in the trade",
      "6 no change of what is stored",
    ]);
    expect(ordersOf(memory)).toEqual([[3, ORDER_CANCEL, "1", 0, MESSAGE_END]]);
  });

  it("ends a message also where a record that is no order ends it", async () => {
    const memory = await readMbo([
      { ...bid, action: "A", id: 1n, size: 1 },
      { ...bid, action: "A", id: 2n, size: 1 },
      { action: "T", side: "B", price: NANO, size: 1, flags: F_LAST },
      { ...bid, action: "A", id: 3n, size: 1 },
    ]);
    expect(ordersOf(memory)).toEqual([
      [1, ORDER_ADD, "1", 1, 0],
      [2, ORDER_ADD, "2", 1, MESSAGE_END],
      [4, ORDER_ADD, "3", 1, 0],
    ]);
  });

  it("starts a snapshot where it is cleared, or where its first record stands", async () => {
    const snapshot = F_SNAPSHOT | 8;
    const memory = await readMbo([
      { action: "R", flags: snapshot },
      { ...bid, action: "A", id: 1n, size: 1, flags: snapshot, sequence: 5 },
      { ...bid, action: "A", id: 2n, size: 1, flags: snapshot | F_LAST },
      { ...bid, action: "A", id: 3n, size: 1, flags: F_LAST, sequence: 6 },
      { ...bid, action: "A", id: 4n, size: 1, flags: snapshot },
      { action: "R", flags: snapshot | F_LAST },
      { action: "R", flags: F_LAST | 4 },
      { ...bid, action: "C", id: 3n, size: 1, flags: F_LAST },
    ]);
    expect(ordersOf(memory)).toEqual([
      [1, ORDER_CLEAR, "0", 0, SNAPSHOT | SNAPSHOT_START],
      [2, ORDER_ADD, "1", 1, SNAPSHOT],
      [3, ORDER_ADD, "2", 1, SNAPSHOT | MESSAGE_END],
      [4, ORDER_ADD, "3", 1, MESSAGE_END],
      [5, ORDER_ADD, "4", 1, SNAPSHOT | SNAPSHOT_START],
      [6, ORDER_CLEAR, "0", 0, SNAPSHOT | SNAPSHOT_START | MESSAGE_END],
      [7, ORDER_CLEAR, "0", 0, MESSAGE_END],
      [8, ORDER_CANCEL, "3", 0, MESSAGE_END],
    ]);
    expect(memory.of("orders").map(({ updateId }) => updateId)).toEqual([
      undefined,
      undefined,
      undefined,
      6,
      undefined,
      undefined,
      0,
      0,
    ]);
    expect(notesOf(memory)).toEqual({
      "orders glbx-mdp3:ESH4 badTsRecv": 5,
      "orders glbx-mdp3:ESH4 maybeBadBook": 1,
      "orders glbx-mdp3:ESH4 unknownOrder": 1,
    });
  });

  it("keeps ids of 64 bits and times of ns exactly", async () => {
    const id = 2n ** 64n - 2n;
    const tsRecv = 1_709_649_000_123_456_789n;
    const memory = await readMbo([
      { ...bid, action: "A", id, size: 4_294_967_295, tsRecv, tsEvent: NO_TIME },
    ]);
    expect(memory.of("orders")[0]).toMatchObject({
      orderId: "18446744073709551614",
      size: decimal("4294967295"),
      tsEvent: undefined,
      tsRecv: 1_709_649_000_123_456,
    });
    await fc.assert(
      fc.asyncProperty(fc.bigInt(10n ** 17n, 9n * 10n ** 18n), async (ns) => {
        const read = await readMbo([{ ...bid, action: "A", id: 1n, size: 1, tsEvent: ns }]);
        expect(read.of("orders")[0]?.tsEvent).toBe(Number(ns / 1_000n));
      }),
    );
  });

  it("reads every price that fits, exactly, and quarantines the others", async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt(-(2n ** 63n), 2n ** 63n - 2n), async (price) => {
        const memory = await readMbo([{ action: "A", side: "A", id: 1n, size: 1, price }]);
        const [row] = memory.of("orders");
        if (row === undefined) {
          expect(reasonsOf(memory)).toEqual([expect.stringMatching(/^price is -?\d+e-9, not /)]);
          expect(price > 2n ** 53n || price < -(2n ** 53n)).toBe(true);
          return;
        }
        const { mantissa, decimals } = row.price;
        expect(BigInt(mantissa) * 10n ** BigInt(9 - decimals)).toBe(price);
      }),
      { numRuns: 300 },
    );
  });

  it("quarantines bad records with their bytes, and says that something of that book is missing", async () => {
    const good = { ...bid, action: "A", id: 1n, size: 1, flags: F_LAST } as const;
    const bad: readonly Mbo[] = [
      { ...good, action: "X" },
      { ...good, side: "Q" },
      { ...good, side: "N" },
      { ...good, price: NO_PRICE },
      { ...good, tsEvent: 5n },
      { ...good, tsEvent: NO_TIME, tsRecv: NO_TIME },
      { ...good, flags: 16 },
      { action: "T", side: "B", size: 1 },
    ];
    const memory = await readMbo([
      good,
      { ...good, instrument: 12 },
      ...bad,
      { ...good, instrument: 12 },
      { ...good, id: 2n },
      { ...good, id: 3n },
    ]);
    expect(reasonsOf(memory)).toEqual([
      'action is "X", not one of A, C, M, R, T, F, N',
      'side is "Q", not A, B or N',
      "side is N, not A or B, where action is A",
      "price is undefined, not the price of an order",
      "ts_event is 5, not a time in ns after 1973",
      "ts_event and ts_recv are undefined, not times",
      "flags is 16: a price level, not an order",
      "price is undefined, not the price of a trade",
    ]);
    expect(memory.quarantined[0]?.line.text).toBe(
      mboBytes({ ...good, action: "X" }).toString("hex"),
    );
    expect(memory.of("orders", "glbx-mdp3:ESH4").map(({ flags }) => flags)).toEqual([
      MESSAGE_END,
      MESSAGE_END | ROWS_LOST,
      MESSAGE_END,
    ]);
    expect(memory.of("orders", "glbx-mdp3:12").map(({ flags }) => flags)).toEqual([
      MESSAGE_END,
      MESSAGE_END,
    ]);
  });
});

describe("an instrument of Databento", () => {
  const add = { ...bid, action: "A", id: 1n, size: 1 } as const;
  const symbolsOf = (memory: MemorySink): string[] => memory.rows.map(({ symbol }) => symbol);

  it("has the symbol that its number stands for on that day, and otherwise its number", async () => {
    const mappings = [
      ["ESH4", "11", 20_240_305, 20_240_306],
      ["CLM4", "11", 20_240_306, 20_240_307],
      ["ESH4 C4800", "12", 20_240_305, 20_240_307],
      ["ES:BF/M4", "13", 20_240_305, 20_240_307],
    ] as const;
    const nextDay = START + 86_400n * NANO;
    const records = [
      { ...add, instrument: 11 },
      { ...add, instrument: 11, tsRecv: nextDay },
      { ...add, instrument: 11, tsRecv: nextDay + nextDay - START },
      { ...add, instrument: 12 },
      { ...add, instrument: 13 },
      { ...add, instrument: 14 },
    ];
    for (const version of [1, 2, 3]) {
      const memory = await readMbo(records, { version, mappings });
      expect(symbolsOf(memory).toSorted()).toEqual([
        "11",
        "14",
        "CLM4",
        "ES-BF-M4",
        "ESH4",
        "ESH4-C4800",
      ]);
    }
  });

  it("has the symbol also where the ids were asked for", async () => {
    const mappings = [["11", "ESH4", 20_240_305, 20_240_306]] as const;
    expect(symbolsOf(await readMbo([add], { stypeIn: 0, stypeOut: 1, mappings }))).toEqual([
      "ESH4",
    ]);
  });

  it("keeps its number where one symbol stands for several", async () => {
    const mappings = [
      ["ES.FUT", "11", 20_240_305, 20_240_306],
      ["ES.FUT", "12", 20_240_305, 20_240_306],
      ["ES.c.0", "13", 20_240_304, 20_240_305],
      ["ES.c.0", "14", 20_240_305, 20_240_306],
    ] as const;
    const records = [11, 12, 14].map((instrument) => ({ ...add, instrument }));
    expect(symbolsOf(await readMbo(records, { mappings }))).toEqual(["11", "12", "ES.c.0"]);
  });

  it.each([1, 2])("has the symbol that a live stream of version %i gives it", async (version) => {
    const memory = await readDbn(
      [mboBytes(add), mappingBytes(version, 11, "ESM4"), mboBytes(add)],
      { version, mappings: [] },
    );
    expect(symbolsOf(memory)).toEqual(["11", "ESM4"]);
    expect(skipsOf(memory)).toEqual(["2 symbol mapping"]);
  });

  it("is a future where CME's symbol says so", () => {
    expect(databento.terms("glbx-mdp3", "ESH4", 0).kind).toBe("future");
    expect(databento.terms("glbx-mdp3", "ESH4-ESM4", 0).kind).toBe("unknown");
    expect(databento.terms("xnas-itch", "ESH4", 0).kind).toBe("unknown");
  });
});

describe("a recording of Databento", () => {
  const path = recording("orderbook/databento_ESH4_mbo_20231224.dbn.zst");

  it.skipIf(!existsSync(path))(
    `holds the snapshot that it should: ${path.split("/").at(-1)}`,
    async () => {
      const memory = await readPath(databento, path);
      const orders = memory.of("orders", "glbx-mdp3:ESH4");
      expect(memory.rows).toHaveLength(8_725);
      expect(orders).toHaveLength(8_725);
      expect(memory.quarantined).toEqual([]);
      expect(memory.skipped).toEqual([]);
      expect(notesOf(memory)).toEqual({ "orders glbx-mdp3:ESH4 badTsRecv": 8_725 });
      expect(orders.every(({ action }) => action === ORDER_ADD)).toBe(true);
      expect(orders.filter(({ side }) => side === BID)).toHaveLength(5_192);
      expect(new Set(orders.map(({ tsEvent }) => tsEvent))).toEqual(
        new Set([1_703_422_805_243_925]),
      );
      expect(new Set(orders.map(({ tsRecv }) => tsRecv))).toEqual(new Set([1_703_422_805_718_200]));
      expect(orders.map(({ flags }) => flags)).toEqual([
        SNAPSHOT | SNAPSHOT_START,
        ...Array.from({ length: 8_723 }, () => SNAPSHOT),
        SNAPSHOT | MESSAGE_END,
      ]);
      const prices = (side: number): number[] =>
        orders
          .filter((row) => row.side === side)
          .map(({ price }) => price.mantissa / 10 ** price.decimals);
      expect(Math.max(...prices(BID))).toBe(4_799);
      expect(Math.min(...prices(ASK))).toBe(4_799.5);
      expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(8_725);
    },
  );
});
