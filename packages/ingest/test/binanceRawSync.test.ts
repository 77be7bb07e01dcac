import { describe, expect, it } from "vitest";
import { SNAPSHOT, type StreamName } from "@aftershock/schema";
import { binanceRaw } from "../src/sources/binance/binanceRaw.ts";
import { fileOf, memorySink, type MemorySink } from "./memorySink.ts";

const START = 1723161256000000;

/** A line received so many seconds after the start. */
const line = (seconds: number, message: object): string =>
  `${START + seconds * 1e6} ${JSON.stringify(message)}\n`;

/** A USD-M diff: the ids of its symbol have holes, as the counter is the whole market's. */
const futures = (seconds: number, pu: number, u: number, s = "BTCUSDT"): string =>
  line(seconds, {
    e: "depthUpdate",
    E: 1723161256000,
    T: 1723161256000,
    s,
    U: u - 1,
    u,
    pu,
    b: [["5", "1"]],
    a: [],
  });
const spot = (seconds: number, U: number, u: number, s = "BTCUSDT"): string =>
  line(seconds, { e: "depthUpdate", E: 1723161256000, s, U, u, b: [["5", "1"]], a: [] });
const futuresSnapshot = (seconds: number, lastUpdateId: number): string =>
  line(seconds, { lastUpdateId, E: 1723161256000, T: 1723161256000, bids: [["5", "1"]], asks: [] });
const spotSnapshot = (seconds: number, lastUpdateId: number): string =>
  line(seconds, { lastUpdateId, bids: [["5", "1"]], asks: [] });

async function read(...files: readonly string[]): Promise<MemorySink> {
  const memory = memorySink();
  const reader = binanceRaw.createReader({});
  for (const [i, text] of files.entries()) {
    await reader.read(fileOf(`capture${i + 1}`, text), memory.sink);
  }
  return memory;
}

/** The book messages in the order of the rows: S for a snapshot, the id, and the second at which it was received. */
const order = (memory: MemorySink): string[] =>
  memory.of("book").map(({ flags, updateId, tsRecv = 0 }) => {
    const kind = (flags & SNAPSHOT) === 0 ? "" : "S";
    return `${kind}${updateId}@${(tsRecv - START) / 1e6}`;
  });
const noted = (memory: MemorySink, what: string, stream: StreamName = "book"): number =>
  [...memory.notes]
    .filter(([key]) => key.startsWith(stream) && key.endsWith(` ${what}`))
    .reduce((sum, [, count]) => sum + count, 0);

describe("binance-raw: synchronisation on the REST snapshot", () => {
  it("puts diffs that came before the snapshot but are newer after it, with its receive time", async () => {
    const memory = await read(
      futures(0, 90, 100) +
        futures(1, 100, 110) +
        futures(2, 110, 120) +
        futuresSnapshot(3, 105) +
        futures(4, 120, 130),
    );
    expect(order(memory)).toEqual(["100@0", "S105@3", "110@3", "120@3", "130@4"]);
    expect(noted(memory, "synchronisedLate")).toBe(2);
    expect(noted(memory, "sequenceGaps")).toBe(0);
  });

  it("keeps the venue's clock of a diff that waited", async () => {
    const memory = await read(futures(0, 90, 100) + futuresSnapshot(3, 95));
    expect(memory.of("book")[1]).toMatchObject({ updateId: 100, tsEvent: 1723161256000000 });
  });

  it("accepts a futures snapshot whose id falls between pu and U of the first diff", async () => {
    const memory = await read(futures(0, 90, 100) + futuresSnapshot(1, 94) + futures(2, 100, 110));
    expect(order(memory)).toEqual(["S94@1", "100@1", "110@2"]);
    expect(noted(memory, "sequenceGaps")).toBe(0);
  });

  it("accepts a spot snapshot that ends right before the first diff or inside it, and no older one", async () => {
    const right = await read(spot(0, 11, 15) + spotSnapshot(1, 10));
    expect(order(right)).toEqual(["S10@1", "15@1"]);
    const inside = await read(spot(0, 11, 15) + spotSnapshot(1, 14));
    expect(order(inside)).toEqual(["S14@1", "15@1"]);
    const older = await read(spot(0, 11, 15) + spotSnapshot(1, 9));
    expect(order(older)).toEqual(["15@0"]);
    expect(noted(older, "snapshotStale")).toBe(1);
    expect(older.skipped.map((one) => one.line.number)).toEqual([2]);
  });

  it("passes on the stale diffs that still come after the snapshot", async () => {
    const memory = await read(
      spot(0, 11, 15) + spotSnapshot(1, 25) + spot(2, 16, 20) + spot(3, 21, 26),
    );
    expect(order(memory)).toEqual(["15@0", "S25@1", "20@2", "26@3"]);
    expect(noted(memory, "sequenceGaps")).toBe(0);
  });

  it("notes a gap when the first diff after the snapshot does not connect", async () => {
    const memory = await read(spot(0, 11, 15) + spotSnapshot(1, 15) + spot(2, 17, 20));
    expect(noted(memory, "sequenceGaps")).toBe(1);
  });

  it("notes a gap once, holds the diffs after it back, and synchronises on the next snapshot", async () => {
    const memory = await read(
      spot(0, 11, 15) +
        spotSnapshot(1, 15) +
        spot(2, 16, 20) +
        spot(3, 26, 30) +
        spot(4, 31, 35) +
        spotSnapshot(5, 30),
    );
    expect(order(memory)).toEqual(["15@0", "S15@1", "20@2", "30@3", "S30@5", "35@5"]);
    expect(noted(memory, "sequenceGaps")).toBe(1);
  });

  it("counts a gap among diffs that wait once, and is not in sync after it", async () => {
    const memory = await read(
      spot(0, 11, 15) +
        spot(1, 21, 25) +
        spotSnapshot(2, 12) +
        spot(3, 26, 30) +
        spotSnapshot(4, 27),
    );
    expect(order(memory)).toEqual(["S12@2", "15@2", "25@2", "S27@4", "30@4"]);
    expect(noted(memory, "sequenceGaps")).toBe(1);
  });

  it("writes diffs in their order when no snapshot comes within thirty seconds", async () => {
    const memory = await read(
      spot(0, 11, 15) + spot(20, 16, 20) + spot(31, 21, 25) + spotSnapshot(32, 12),
    );
    expect(order(memory)).toEqual(["15@0", "20@20", "25@31"]);
    expect(noted(memory, "snapshotStale")).toBe(1);
  });

  it("writes a file without any snapshot as it was recorded", async () => {
    const memory = await read(spot(0, 11, 15) + spot(1, 16, 20));
    expect(order(memory)).toEqual(["15@0", "20@1"]);
    expect(noted(memory, "sequenceGaps")).toBe(0);
  });

  it("goes on with the chain in the next file, and finds the gap between files", async () => {
    const first = spot(0, 11, 15) + spotSnapshot(1, 15);
    const whole = await read(first, spot(2, 16, 20));
    expect(order(whole)).toEqual(["15@0", "S15@1", "20@2"]);
    expect(noted(whole, "sequenceGaps")).toBe(0);
    expect(noted(await read(first, spot(2, 17, 20)), "sequenceGaps")).toBe(1);
  });

  it("does not keep diffs past the end of their file, and then takes no snapshot that they have passed", async () => {
    const memory = await read(spot(0, 11, 15), spotSnapshot(1, 12) + spot(2, 16, 20));
    expect(order(memory)).toEqual(["15@0", "20@2"]);
    expect(noted(memory, "snapshotStale")).toBe(1);
  });

  it("starts anew when files come in the wrong order, instead of taking the earlier one for repeats", async () => {
    const memory = await read(
      spot(100, 21, 25),
      spot(0, 11, 15) + spotSnapshot(1, 12) + spot(2, 16, 20),
    );
    expect(order(memory)).toEqual(["25@100", "S12@1", "15@1", "20@2"]);
    expect(noted(memory, "recordingJumpsBack")).toBe(1);
  });

  it("skips diffs that a recorder with two connections wrote twice", async () => {
    const memory = await read(
      spot(0, 11, 15) + spotSnapshot(1, 13) + spot(2, 11, 15) + spot(3, 16, 20),
    );
    expect(order(memory)).toEqual(["S13@1", "15@1", "20@3"]);
    expect(memory.skipped).toMatchObject([
      { line: { number: 3 }, reason: "duplicate depth update" },
    ]);
  });

  it("skips a snapshot that the book in sync has already passed, and takes a newer one", async () => {
    const memory = await read(
      spot(0, 11, 15) +
        spotSnapshot(1, 13) +
        spotSnapshot(2, 14) +
        spotSnapshot(3, 17) +
        spot(4, 16, 20),
    );
    expect(order(memory)).toEqual(["S13@1", "15@1", "S17@3", "20@4"]);
    expect(noted(memory, "snapshotStale")).toBe(1);
    expect(noted(memory, "sequenceGaps")).toBe(0);
  });
});

describe("binance-raw: snapshots that name no symbol", () => {
  it("keeps one that comes first until a diff names the symbol", async () => {
    const memory = await read(spotSnapshot(0, 15) + spot(1, 16, 20, "ETHUSDT"));
    expect(memory.of("book", "binance:ETHUSDT")).toHaveLength(2);
    expect(order(memory)).toEqual(["S15@0", "20@1"]);
  });

  it("does not take a spot snapshot for the futures market of the same file", async () => {
    const memory = await read(futures(0, 90, 100) + spotSnapshot(1, 95) + spot(2, 96, 99));
    expect(memory.of("book", "binance:BTCUSDT")).toHaveLength(2);
    expect(memory.of("book", "binance-usdm:BTCUSDT")).toHaveLength(1);
  });

  it("quarantines one in a capture of several symbols", async () => {
    const memory = await read(spot(0, 11, 15) + spot(0, 1, 5, "ETHUSDT") + spotSnapshot(1, 15));
    expect(memory.quarantined).toMatchObject([
      { line: { number: 3 }, reason: "snapshot without a symbol in a capture of several symbols" },
    ]);
    expect(order(memory)).toEqual(["15@0", "5@0"]);
  });

  it("refuses a capture in which a second symbol turns up after one was given away", async () => {
    await expect(
      read(spot(0, 11, 15) + spotSnapshot(1, 3) + spotSnapshot(1, 12) + spot(2, 1, 5, "ETHUSDT")),
    ).rejects.toThrow(
      "capture1:3: a depth snapshot names no symbol, and the file holds depth of BTCUSDT and ETHUSDT",
    );
  });

  it("quarantines one when no depth of its market follows", async () => {
    const memory = await read(spotSnapshot(0, 15) + futures(1, 90, 100));
    expect(memory.quarantined).toMatchObject([
      { line: { number: 1 }, reason: "snapshot without a symbol, and no depth update names one" },
    ]);
  });
});
