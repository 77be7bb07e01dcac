import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ASK, BID, BUY, decimal, MESSAGE_END, ROWS_LOST } from "@aftershock/schema";
import type { ReadHints } from "../src/source.ts";
import { databento } from "../src/sources/databento/databento.ts";
import { NO_PRICE, START, type Mbo } from "./dbnFile.ts";
import type { MemorySink } from "./memorySink.ts";
import { bid, F_LAST, NANO, readMbo } from "./readDatabento.ts";
import { notesOf, readText, reasonsOf } from "./readWith.ts";

const HEAD = "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side";
const MBO_HEADER = `${HEAD},price,size,channel_id,order_id,flags,ts_in_delta,sequence`;
const TRADES_HEADER = `${HEAD},depth,price,size,flags,ts_in_delta,sequence`;
const NAME = "glbx-mdp3-20240305.mbo.csv";

/** A price as the vendor prints it where asked to. */
const pretty = (price: bigint): string => {
  const digits = String(price < 0n ? -price : price).padStart(10, "0");
  return `${price < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
};
const prettyTime = (ns: bigint): string =>
  `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, -4)}${String(ns % NANO).padStart(9, "0")}Z`;

describe("Databento's CSV", () => {
  const csvRow = (record: Mbo, isPretty: boolean): string => {
    const {
      action,
      side = "N",
      price = NO_PRICE,
      size = 0,
      id = 0n,
      flags = 0,
      sequence = 0,
    } = record;
    const time = (ns: bigint): string => (isPretty ? prettyTime(ns) : String(ns));
    const priceText = isPretty ? (price === NO_PRICE ? "" : pretty(price)) : String(price);
    const times = `${time(record.tsRecv ?? START + 1_500n)},${time(record.tsEvent ?? START)}`;
    return `${times},160,1,${record.instrument ?? 11},${action},${side},${priceText},${size},0,${id},${flags},0,${sequence}`;
  };

  it("holds the same as DBN, its numbers printed either way", async () => {
    const record = fc.record({
      action: fc.constantFrom("A", "C", "M", "R", "T", "F", "N"),
      side: fc.constantFrom("A", "B", "N"),
      id: fc.bigInt(0n, 5n),
      price: fc.oneof(fc.constant(NO_PRICE), fc.bigInt(-(10n ** 14n), 10n ** 14n)),
      size: fc.nat(20),
      flags: fc.constantFrom(0, 128, 32, 160, 8, 4),
      instrument: fc.constantFrom(11, 12),
      tsEvent: fc.bigInt(START, START + 10n ** 15n),
      tsRecv: fc.bigInt(START, START + 10n ** 15n),
      sequence: fc.nat(1_000),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 20 }),
        fc.boolean(),
        async (records, isPretty) => {
          const dbn = await readMbo(records, { mappings: [] });
          const text = [MBO_HEADER, ...records.map((one) => csvRow(one, isPretty))].join("\n");
          const csv = await readText(databento, NAME, text);
          // The header is line 1.
          const rows = csv.rows.map(({ row, ...rest }) => ({
            ...rest,
            row: { ...row, line: row.line - 1 },
          }));
          expect(rows).toEqual(dbn.rows);
          expect(reasonsOf(csv).length).toBe(reasonsOf(dbn).length);
          expect(notesOf(csv)).toEqual(notesOf(dbn));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("of ten levels and of trades is read by its header", async () => {
    const levels = Array.from({ length: 10 }, (_, i) =>
      ["bid_px", "ask_px", "bid_sz", "ask_sz", "bid_ct", "ask_ct"].map((name) => `${name}_0${i}`),
    );
    const cells = [1, 2].flatMap((i) => [
      `${100 - i}.500000000`,
      `${100 + i}.000000000`,
      i,
      i + 4,
      1,
      1,
    ]);
    const empty = Array.from({ length: 8 }, () => ["", "", 0, 0, 0, 0]).flat();
    const front =
      "2024-03-05T14:30:00.000001500Z,2024-03-05T14:30:00.000000000Z,10,1,11,A,B,0,99.5,1,128,0,5";
    const text = `${TRADES_HEADER},${levels.join(",")},symbol\n${[front, ...cells, ...empty, "ESH4"].join(",")}\n`;
    const memory = await readText(databento, "glbx-mdp3-20240305.mbp-10.csv", text);
    expect(
      memory.of("book", "glbx-mdp3:ESH4").map(({ side, price, size }) => [side, price, size]),
    ).toEqual([
      [BID, decimal("99.5"), decimal("1")],
      [BID, decimal("98.5"), decimal("2")],
      [ASK, decimal("101"), decimal("5")],
      [ASK, decimal("102"), decimal("6")],
    ]);
    const trade = `${TRADES_HEADER}\n${START},${START},0,1,11,T,B,0,99500000000,3,128,0,5\n`;
    const trades = await readText(databento, "x.csv", trade, {
      venue: "glbx-mdp3",
      symbol: "ESH4",
    });
    expect(trades.of("trades", "glbx-mdp3:ESH4")).toEqual([
      expect.objectContaining({ side: BUY, price: decimal("99.5"), size: decimal("3") }),
    ]);
  });

  it("of one level holds quotes, unless it shows those before trades", async () => {
    const header = `${TRADES_HEADER},bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_ct_00,ask_ct_00`;
    const text = `${header}\n${START},${START},1,1,11,T,B,0,99.5,3,128,0,5,99.25,99.5,1,2,1,1\n`;
    const streams = async (name: string): Promise<string[]> =>
      (await readText(databento, name, text)).rows.map(({ stream }) => stream);
    expect(await streams("glbx-mdp3-20240305.mbp-1.csv")).toEqual(["trades", "quotes"]);
    expect(await streams("glbx-mdp3-20240305.tbbo.csv")).toEqual(["trades"]);
  });

  it("quarantines bad cells, and says that something of that book is missing", async () => {
    const good = csvRow({ ...bid, action: "A", id: 1n, size: 1, flags: F_LAST }, true);
    const change = (place: number, cell: string): string =>
      good.split(",").with(place, cell).join(",");
    const lines = [
      good,
      change(0, "2024-03-05"),
      change(1, "1709649000"),
      change(2, "10"),
      change(4, "x"),
      change(5, "AA"),
      change(6, "toString"),
      change(7, "1e5"),
      change(8, "-1"),
      change(10, "0x1"),
      change(11, "256"),
      good.slice(0, good.lastIndexOf(",")),
      good,
    ];
    const memory = await readText(databento, NAME, [MBO_HEADER, ...lines].join("\n"));
    expect(reasonsOf(memory)).toEqual([
      expect.stringContaining('column ts_recv: "2024-03-05" is not a time in ns'),
      expect.stringContaining('column ts_event: "1709649000" is not a time in ns'),
      'column rtype: "10" is not 160, the type of mbo',
      'column instrument_id: "x" is not a whole number up to 4294967295',
      'action is "AA", not one of A, C, M, R, T, F, N',
      'side is "toString", not A, B or N',
      expect.stringContaining('column price: "1e5" is not'),
      'column size: "-1" is not a whole number up to 4294967295',
      'column order_id: "0x1" is not an order id, a whole number',
      'column flags: "256" is not a whole number up to 255',
      "13 columns, not 14",
    ]);
    expect(memory.of("orders").map(({ flags }) => flags)).toEqual([
      MESSAGE_END,
      MESSAGE_END | ROWS_LOST,
    ]);
  });

  it("needs a venue and may be told a symbol, where neither file nor name says them", async () => {
    const row = csvRow({ ...bid, action: "A", id: 1n, size: 1 }, false);
    const other = csvRow({ ...bid, action: "A", id: 1n, size: 1, instrument: 12 }, false);
    const read = (hints: ReadHints, ...rows: string[]): Promise<MemorySink> =>
      readText(databento, "my.csv", [MBO_HEADER, ...rows].join("\n"), hints);
    await expect(read({}, row)).rejects.toThrow(
      "my.csv: neither the file nor its name tells the dataset",
    );
    expect(
      (await read({ venue: "glbx-mdp3" }, row, other)).rows.map(({ symbol }) => symbol),
    ).toEqual(["11", "12"]);
    const told = { venue: "glbx-mdp3", symbol: "ESH4" };
    expect((await read(told, row)).rows.map(({ symbol }) => symbol)).toEqual(["ESH4"]);
    await expect(read(told, row, other)).rejects.toThrow(
      "--symbol ESH4: my.csv holds several instruments (11 and 12)",
    );
  });

  it("with another header is refused, naming those expected", async () => {
    await expect(readText(databento, NAME, "ts_event,ts_recv,price\n1,2,3\n")).rejects.toThrow(
      /^glbx-mdp3-20240305\.mbo\.csv:1: unknown header "ts_event,ts_recv,price"; expected "ts_recv,/,
    );
  });
});
