import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { micros } from "@aftershock/schema";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fromBuffer, type Entry, type ZipFile } from "yauzl";
import { exportLake, type ExportOptions, type ExportResult } from "../src/export/exportLake.ts";
import { DAY, SIMULATED, type TestLake, testLake } from "./exportedLake.ts";

let made: TestLake;
let out: string;
let count = 0;

const BTC = "binance-usdm:BTCUSDT";

beforeAll(async () => {
  made = await testLake();
  const row = (event: number, recv: number, snapshot: boolean, rest: string): string =>
    `binance-futures,BTCUSDT,${DAY + event},${DAY + recv},${snapshot},${rest}`;
  await made.add(
    "binance-futures_incremental_book_L2_2026-02-05_BTCUSDT.csv",
    "is_snapshot,side,price,amount",
    [
      // Before the first snapshot nothing is known.
      row(50, 60, false, "bid,62000,1"),
      row(100, 110, true, "bid,63000,2"),
      row(100, 110, true, "bid,62999.5,1.5"),
      row(100, 110, true, "ask,63001,3"),
      row(190, 200, false, "bid,63000,0"),
      row(190, 200, false, "ask,63000.5,0.25"),
      // The venue's clock runs back within the book.
      row(180, 210, false, "bid,63000.1,7"),
      // A reconnect: a snapshot in the middle.
      row(390, 400, true, "bid,62000,9"),
      row(390, 400, true, "ask,62001,8"),
      row(450, 460, false, "ask,62001,1"),
    ],
  );
  const trade = (event: number, recv: number, id: number, rest: string): string =>
    `binance-futures,BTCUSDT,${DAY + event},${DAY + recv},${id},${rest}`;
  await made.add("binance-futures_trades_2026-02-05_BTCUSDT.csv", "id,side,price,amount", [
    trade(195, 200, 1, "sell,63000,0.5"),
    trade(196, 205, 2, "buy,63000.5,0.1"),
    trade(430, 440, 3, "unknown,62000.7,0.001"),
    // Made before the book's change of 450, and received after it.
    trade(440, 470, 4, "sell,62000,2"),
  ]);
  await made.simulate("trades", SIMULATED, [
    { tsEvent: DAY + 4_000, tsRecv: DAY + 3_990, side: 1, price: 126_001, size: 3 },
    { tsEvent: DAY + 5_000, side: -1, price: 126_000, size: 1 },
  ]);
});
afterAll(() => made.remove());

beforeEach(async () => {
  count += 1;
  out = join(made.folder, `out-${count}`);
  await mkdir(out);
});

async function write(
  name: string,
  ids: readonly string[] = [BTC],
  rest: Partial<ExportOptions> = {},
): Promise<ExportResult> {
  const partitions = (await made.lake.list()).filter(({ instrument }) =>
    ids.includes(instrument.id),
  );
  const { lake } = made;
  return exportLake({ lake, partitions, format: "hftbacktest", out: join(out, name), ...rest });
}

/** The entries of an archive, unpacked by yauzl: sizes and checksums are right, or it fails. */
async function unzipped(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const open = promisify(fromBuffer) as unknown as (
    bytes: Buffer,
    options: object,
  ) => Promise<ZipFile>;
  const zip = await open(await readFile(path), { lazyEntries: false });
  const found = new Map<string, Buffer>();
  const reading: Promise<void>[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on("entry", (entry: Entry) => {
      reading.push(
        new Promise((done, failed) => {
          zip.openReadStream(entry, (error, stream) => {
            if (error !== null) {
              failed(error);
              return;
            }
            const chunks: Buffer[] = [];
            stream.on("data", (chunk: Buffer) => chunks.push(chunk));
            stream.on("error", failed);
            stream.on("end", () => {
              found.set(entry.fileName, Buffer.concat(chunks));
              done();
            });
          });
        }),
      );
    });
    zip.on("end", resolve);
    zip.on("error", reject);
  });
  await Promise.all(reading);
  return found;
}

interface Npy {
  readonly header: string;
  readonly start: number;
  readonly bytes: Buffer;
}

/** The header of a .npy file, format 1.0, and where its values start. */
function npy(bytes: Buffer): Npy {
  expect(bytes.subarray(0, 8).toString("latin1")).toBe("\u0093NUMPY\u0001\u0000");
  const start = 10 + bytes.readUInt16LE(8);
  return { header: bytes.subarray(10, start).toString("latin1"), start, bytes };
}

const KINDS = ["", "depth", "trade", "clear", "snapshot"];

/** An event in words: flags, times relative to the day in µs, price, size. */
type EventText = readonly [what: string, exch: number, local: number, px: number, qty: number];

async function events(path: string): Promise<readonly EventText[]> {
  const { header, start, bytes } = npy((await unzipped(path)).get("data.npy")!);
  expect(start % 64).toBe(0);
  const shape = /^\{'descr': \[(.*)\], 'fortran_order': False, 'shape': \((\d+),\), \} *\n$/.exec(
    header,
  )!;
  expect(shape[1]).toBe(
    "('ev', '<u8'), ('exch_ts', '<i8'), ('local_ts', '<i8'), ('px', '<f8'), ('qty', '<f8'), ('order_id', '<u8'), ('ival', '<i8'), ('fval', '<f8')",
  );
  const rows = Number(shape[2]);
  expect(bytes.length - start).toBe(rows * 64);
  return Array.from({ length: rows }, (_, i): EventText => {
    const at = start + i * 64;
    const ev = bytes.readBigUInt64LE(at);
    const has = (bit: bigint): boolean => (ev >> bit) % 2n === 1n;
    const words = [
      KINDS[Number(ev % 256n)],
      ...(has(29n) ? ["buy"] : []),
      ...(has(28n) ? ["sell"] : []),
      ...(has(31n) ? ["exch"] : []),
      ...(has(30n) ? ["local"] : []),
    ];
    expect(bytes.subarray(at + 40, at + 64).every((byte) => byte === 0)).toBe(true);
    const relative = (ns: bigint): number => {
      expect(ns % 1_000n).toBe(0n);
      return Number(ns / 1_000n) - DAY;
    };
    return [
      words.join(" "),
      relative(bytes.readBigInt64LE(at + 8)),
      relative(bytes.readBigInt64LE(at + 16)),
      bytes.readDoubleLE(at + 24),
      bytes.readDoubleLE(at + 32),
    ];
  });
}

const SNAPSHOT: readonly EventText[] = [
  ["clear exch local", 100, 110, 0, 0],
  ["snapshot buy exch local", 100, 110, 63000, 2],
  ["snapshot buy exch local", 100, 110, 62999.5, 1.5],
  ["snapshot sell exch local", 100, 110, 63001, 3],
];

describe("an export to hftbacktest", () => {
  it("holds book and trades in the order of both clocks, an event twice where they disagree", async () => {
    const { files, notes } = await write("btc.npz");
    expect(files).toMatchObject([{ path: "btc.npz" }]);
    expect(await events(join(out, "btc.npz"))).toEqual([
      ...SNAPSHOT,
      // The venue had the book's changes before both trades, the recorder had them among the trades. Of two received at once the
      // trade goes first. The venue's clock had run back from 190 to 180 at the last one: there it stands still.
      ["depth buy exch", 190, 200, 63000, 0],
      ["depth sell exch", 190, 200, 63000.5, 0.25],
      ["depth buy exch", 190, 210, 63000.1, 7],
      ["trade sell exch local", 195, 200, 63000, 0.5],
      ["depth buy local", 190, 200, 63000, 0],
      ["depth sell local", 190, 200, 63000.5, 0.25],
      ["trade buy exch local", 196, 205, 63000.5, 0.1],
      ["depth buy local", 190, 210, 63000.1, 7],
      ["clear exch local", 390, 400, 0, 0],
      ["snapshot buy exch local", 390, 400, 62000, 9],
      ["snapshot sell exch local", 390, 400, 62001, 8],
      ["trade exch local", 430, 440, 62000.7, 0.001],
      ["trade sell exch", 440, 470, 62000, 2],
      ["depth sell exch local", 450, 460, 62001, 1],
      ["trade sell local", 440, 470, 62000, 2],
    ]);
    expect(notes).toEqual({ rowsBeforeSnapshot: 1, exchClockHeld: 1 });
  });

  it("has exchange events in the venue's order, local events in the recorder's, each event once in both", async () => {
    await write("btc.npz");
    const all = await events(join(out, "btc.npz"));
    const exch = all.filter(([what]) => what.includes("exch"));
    const local = all.filter(([what]) => what.includes("local"));
    expect(exch.map((event) => event[1])).toEqual(
      exch.map((event) => event[1]).toSorted((a, b) => a - b),
    );
    expect(local.map((event) => event[2])).toEqual(
      local.map((event) => event[2]).toSorted((a, b) => a - b),
    );
    const bare = ([what, ...rest]: EventText): string =>
      [what.replaceAll(/ (exch|local)/g, ""), ...rest].join();
    expect(exch.map(bare).toSorted()).toEqual(local.map(bare).toSorted());
  });

  it("starts a window with a snapshot of what was before it, at the venue's time of the last change in it", async () => {
    await write("btc.npz", [BTC], { from: micros(DAY + 205), to: micros(DAY + 400) });
    expect(await events(join(out, "btc.npz"))).toEqual([
      ["clear exch local", 190, 205, 0, 0],
      ["snapshot buy exch local", 190, 205, 62999.5, 1.5],
      ["snapshot sell exch local", 190, 205, 63000.5, 0.25],
      ["snapshot sell exch local", 190, 205, 63001, 3],
      ["depth buy exch", 190, 210, 63000.1, 7],
      ["trade buy exch local", 196, 205, 63000.5, 0.1],
      ["depth buy local", 190, 210, 63000.1, 7],
    ]);
  });

  it("tells where a clock is absent or behind, and of simulated rows that they are", async () => {
    const { notes, simulated } = await write("sim.npz", ["sim:BTC-PERPETUAL"]);
    expect(simulated).toBe(true);
    expect(notes).toEqual({ withoutLocalClock: 1, negativeLatency: 1 });
    expect(await events(join(out, "sim.npz"))).toEqual([
      ["trade buy exch local", 4_000, 3_990, 63000.5, 30],
      ["trade sell exch local", 5_000, 5_000, 63000, 10],
    ]);
    const about = npy((await unzipped(join(out, "sim.npz"))).get("about.npy")!);
    expect(about.header).toMatch(/^\{'descr': '<U\d+', 'fortran_order': False, 'shape': \(\), \}/);
    const text = Array.from({ length: (about.bytes.length - about.start) / 4 }, (_, i) =>
      String.fromCodePoint(about.bytes.readUInt32LE(about.start + i * 4)),
    ).join("");
    expect(JSON.parse(text)).toMatchObject({
      instrument: "sim:BTC-PERPETUAL",
      tickSize: "0.5",
      lotSize: "10",
      contract: "inverse",
      aftershock: { simulated: true, partitions: [{ simulated: { seed: 7 } }] },
    });
  });

  it("makes a file an instrument in a folder, and refuses two in one file", async () => {
    const both = [BTC, "sim:BTC-PERPETUAL"];
    await write("events", both);
    expect((await readdir(join(out, "events"))).toSorted()).toEqual([
      "binance-usdm-BTCUSDT.npz",
      "sim-BTC-PERPETUAL.npz",
    ]);
    await expect(write("both.npz", both)).rejects.toThrow(
      `one file holds one instrument, and there are ${BTC}, sim:BTC-PERPETUAL`,
    );
    expect(await readdir(out)).toEqual(["events"]);
  });

  it("gives the same bytes for the same rows", async () => {
    await write("a.npz");
    await write("b.npz");
    expect(await readFile(join(out, "a.npz"))).toEqual(await readFile(join(out, "b.npz")));
  });
});
