import { ConfigError, MESSAGE_END, SNAPSHOT } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { at, capture, captureSample, START } from "./captured.ts";
import type { MemorySink } from "./memorySink.ts";

const SYMBOL = "ABCUSD_PERP";

/** A COIN-M diff received so many seconds after the start. */
const diff = (seconds: number, pu: number, u: number): string =>
  at(seconds, {
    stream: "abcusd_perp@depth@100ms",
    data: {
      e: "depthUpdate",
      E: 1_700_000_000_003,
      T: 1_700_000_000_001,
      s: SYMBOL,
      ps: "ABCUSD",
      U: u - 1,
      u,
      pu,
      b: [["10.5", "1"]],
      a: [],
    },
  });

/** A depth snapshot as REST answers it. */
const reply = (seconds: number, lastUpdateId: number): string => {
  const body = { lastUpdateId, T: 1_700_000_000_001, symbol: SYMBOL, pair: "ABCUSD" };
  const text = JSON.stringify({ ...body, bids: [["10.5", "1"]], asks: [] });
  const address = `https://dapi.binance.com/dapi/v1/depth?symbol=${SYMBOL}&limit=1000`;
  return `${address} -> ${1_700_000_000 + seconds}.25: ${text}`;
};

const HTTP = "BINANCE_DELIVERY.http.0.0";
const WS = "BINANCE_DELIVERY.ws.1.0";
const OPENED = "wss://dstream.binance.com/stream?streams=x <-> 1700000000.125";

/** The book messages as the lake orders them: by receive time, then file, then place in it. S for a snapshot. */
const order = (memory: MemorySink): string[] =>
  memory
    .of("book", `binance-coinm:${SYMBOL}`)
    .filter(({ flags }) => (flags & MESSAGE_END) !== 0)
    .toSorted((a, b) => (a.tsRecv ?? 0) - (b.tsRecv ?? 0))
    .map(({ flags, updateId, tsRecv = 0 }) => {
      const seconds = (tsRecv - START) / 1e6;
      return `${(flags & SNAPSHOT) === 0 ? "" : "S"}${updateId}@${seconds}`;
    });

describe("cryptofeed: Binance, snapshots in the stream's file", () => {
  it("reads the messages as binance-raw does, and takes the symbol of a reply from its address", async () => {
    const memory = await captureSample("BINANCE_FUTURES.ws.1.0");
    const ids = memory.of("book", "binance-usdm:ABCUSDT").map(({ updateId }) => updateId);
    expect(ids).toEqual([995, 1000, 1000, 1005, 1005]);
    expect(memory.of("trades", "binance-usdm:ABCUSDT")).toMatchObject([{ tradeId: "71" }]);
    expect(memory.quarantined).toEqual([]);
    expect(memory.datasets).toEqual([]);
  });

  it("puts diffs that came before the snapshot but are newer after it, with its receive time", async () => {
    const memory = await capture([
      WS,
      [OPENED, diff(0, 80, 90), diff(1, 90, 110), reply(2, 105), diff(3, 110, 120)],
    ]);
    expect(order(memory)).toEqual(["90@0.25", "S105@2.25", "110@2.25", "120@3.25"]);
  });

  it("tells the symbols of several snapshots apart", async () => {
    const other = reply(2, 55).replaceAll(SYMBOL, "XYZUSD_PERP");
    const memory = await capture([WS, [OPENED, diff(0, 80, 90), reply(1, 90), other]]);
    expect(memory.of("book", "binance-coinm:XYZUSD_PERP")).toMatchObject([{ updateId: 55 }]);
    expect(order(memory)).toEqual(["90@0.25", "S90@1.25"]);
  });

  it("skips other replies, and quarantines one whose address names no symbol", async () => {
    const address = "https://dapi.binance.com/dapi/v1";
    const memory = await capture([
      WS,
      [
        OPENED,
        `${address}/openInterest?symbol=${SYMBOL} -> 1700000001.25: {"openInterest":"5"}`,
        `${address}/depth?limit=5 -> 1700000001.25: {"lastUpdateId":5,"bids":[],"asks":[]}`,
        `${address}/depth?symbol=${SYMBOL} -> 1700000001.25: []`,
      ],
    ]);
    expect(memory.skipped.at(-1)?.reason).toBe("REST reply other than a depth snapshot");
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      "the address's symbol is missing, not a symbol",
      "the reply is [], not an object",
    ]);
  });

  it("stores one of the two feeds of trades", async () => {
    const trade = { e: "trade", E: 1_700_000_009_003, T: 1_700_000_009_001, s: "ABCUSDT", t: 9 };
    const memory = await captureSample("BINANCE_FUTURES.ws.1.0", [
      at(9, { stream: "abcusdt@trade", data: { ...trade, p: "1", q: "1", m: true } }),
    ]);
    expect(memory.skipped.at(-1)?.reason).toBe("trade of an instrument whose aggTrade is stored");
  });
});

describe("cryptofeed: Binance, snapshots in a file of their own", () => {
  it("joins both files in the order of time", async () => {
    const memory = await capture(
      [HTTP, [reply(2, 105)]],
      [WS, [OPENED, diff(0, 80, 90), diff(3, 90, 110), diff(4, 110, 120)]],
    );
    expect(order(memory)).toEqual(["90@0.25", "S105@2.25", "110@3.25", "120@4.25"]);
    expect([...memory.notes]).toEqual([]);
  });

  it("delays diffs that came before the snapshot but are newer to the µs after it, whichever file sorts first", async () => {
    const memory = await capture(
      [HTTP, [reply(2, 105)]],
      [WS, [OPENED, diff(0, 80, 90), diff(1, 90, 110), diff(2, 110, 120), diff(3, 120, 130)]],
    );
    expect(order(memory)).toEqual([
      "90@0.25",
      "S105@2.25",
      "110@2.250001",
      "120@2.250001",
      "130@3.25",
    ]);
    expect(memory.notes.get(`book binance-coinm:${SYMBOL} synchronisedLate`)).toBe(2);
  });

  it("finds a gap in the stream all the same, and synchronises on the next snapshot", async () => {
    const memory = await capture(
      [HTTP, [reply(1, 90), reply(5, 150)]],
      [
        WS,
        [
          OPENED,
          diff(0, 80, 90),
          diff(2, 90, 100),
          diff(3, 110, 120),
          diff(4, 120, 160),
          diff(6, 160, 170),
        ],
      ],
    );
    expect(order(memory)).toEqual([
      "90@0.25",
      "S90@1.25",
      "100@2.25",
      "120@3.25",
      "S150@5.25",
      "160@5.250001",
      "170@6.25",
    ]);
    expect(memory.notes.get(`book binance-coinm:${SYMBOL} sequenceGaps`)).toBe(1);
  });

  it("keeps the replies as a data set of their own, which the stream's file does not replace", async () => {
    const memory = await capture(
      [HTTP, [reply(1, 90), reply(2, 95)]],
      [WS, [OPENED, diff(3, 90, 100)]],
    );
    expect(memory.datasets).toEqual(["rest"]);
  });

  it("refuses replies that are named after the stream they belong to", async () => {
    const late = capture(
      [WS, [OPENED, diff(0, 80, 90), diff(3, 90, 110)]],
      [HTTP, [reply(2, 105)]],
    );
    await expect(late).rejects.toThrow(ConfigError);
    await expect(late).rejects.toThrow(
      `${HTTP}:1: a depth snapshot of binance-coinm:${SYMBOL} by REST comes after depth updates that were received later`,
    );
  });

  it("takes the replies of the next recording, which are later than the stream before them", async () => {
    const memory = await capture(
      [HTTP, [reply(1, 90)]],
      [WS, [OPENED, diff(0, 80, 90), diff(2, 90, 100)]],
      ["BINANCE_DELIVERY.http.0.1", [reply(11, 500)]],
      ["BINANCE_DELIVERY.ws.1.1", [OPENED, diff(10, 480, 490), diff(12, 490, 510)]],
    );
    expect(order(memory)).toEqual([
      "90@0.25",
      "S90@1.25",
      "100@2.25",
      "490@10.25",
      "S500@11.25",
      "510@12.25",
    ]);
  });
});
