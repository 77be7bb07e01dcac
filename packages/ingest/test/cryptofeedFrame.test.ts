import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CHECKSUM_FAILED, CHECKSUM_MATCHED, MESSAGE_END } from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import { SOURCES } from "../src/sources.ts";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import { at, capture, captureSample, sampleLines, START } from "./captured.ts";
import { samples } from "./samples/cryptofeedBooks.ts";

const head = (name: string, text: string): Parameters<typeof cryptofeed.recognises>[0] => ({
  name,
  bytes: new TextEncoder().encode(text),
  text,
});

describe("cryptofeed captures", () => {
  it.each(samples)("are known by their first address and by no other source: $name", (sample) => {
    const { content } = sample;
    const text = typeof content === "string" ? content : "";
    const claimed = SOURCES.filter((source) => source.recognises(head("capture", text)));
    expect(claimed).toEqual([cryptofeed]);
  });

  it("are not recognised without an address of a known venue, whatever their name", () => {
    expect(cryptofeed.recognises(head("KRAKEN.ws.1.1", at(1, { event: "heartbeat" })))).toBe(false);
    expect(
      cryptofeed.recognises(head("KRAKEN.ws.1.0", "wss://ws.example.com <-> 1700000000.1")),
    ).toBe(false);
  });

  it("take the venue from the file's name where no address comes before the first message", async () => {
    const memory = await capture(["KRAKEN.ws.1.1", [at(1, { event: "heartbeat" })]]);
    expect(memory.skipped).toMatchObject([{ reason: "event heartbeat" }]);
  });

  it("take the longer name for the other market, and no name for a venue that only begins alike", async () => {
    const memory = await capture([
      "KRAKEN_FUTURES.ws.1.1",
      [at(1, { feed: "trade_snapshot", product_id: "PI_ABCUSD", trades: [] })],
    ]);
    expect(memory.skipped).toMatchObject([{ reason: "trades from before the subscription" }]);
    await expect(capture(["KRAKENISH.ws", [at(1, { event: "x" })]])).rejects.toThrow(
      "KRAKENISH.ws: the capture is of no known venue (no address)",
    );
    await expect(capture(["BINANCE_US-1.0", [at(1, { event: "x" })]])).rejects.toThrow(
      "no known venue",
    );
  });

  it("say where a file stops being one before its first message", async () => {
    await expect(capture(["KRAKEN.ws", ["timestamp,price"]])).rejects.toThrow(
      "KRAKEN.ws:1: the line is no message with a receive time in front",
    );
  });

  it("keep the recorder's clock to the µs, whatever number of digits was printed", async () => {
    const times = ["1700000001.2", "1700000001", "1700000001.0000004", "1700000001.1234567"];
    const heart = times.map((time) => `${time}: ["x"]`);
    const trades = times.map(
      (time) => `${time}: [8,[["1","2","1700000001.5","b","l",""]],"trade","ABC/XYZ"]`,
    );
    const memory = await captureSample("KRAKEN.ws.1.0", [...heart, ...trades]);
    expect(
      memory
        .of("trades")
        .slice(2)
        .map(({ tsRecv = 0 }) => tsRecv - START),
    ).toEqual([1_200_000, 1_000_000, 1_000_000, 1_123_457]);
    expect(memory.quarantined).toHaveLength(4);
  });

  it("quarantine a line without a time, one with an impossible time and one whose JSON is cut, and go on", async () => {
    const memory = await captureSample("KRAKEN.ws.1.0", [
      "no time at all",
      '9999999999.5: {"event":"heartbeat"}',
      '1700000009.5: {"event":"heartb',
      '1700000009.5: {"event":"heartbeat"}',
    ]);
    expect(memory.quarantined.map(({ reason }) => reason)).toEqual([
      "the line is no message with a receive time in front",
      "the receive time 9999999999.5 is not a time in seconds after 1973",
      "the JSON is broken or cut",
    ]);
    expect(memory.skipped.at(-1)?.reason).toBe("event heartbeat");
  });

  it("skip the recorder's own lines and blank ones", async () => {
    const memory = await captureSample("KRAKEN.ws.1.0", ["", "  "]);
    const reasons = memory.skipped.map(({ reason }) => reason);
    expect(reasons.slice(0, 3)).toEqual([
      "recorder's configuration",
      "connection opened",
      "request",
    ]);
    expect(reasons.slice(-2)).toEqual(["blank line", "blank line"]);
  });

  it("go on from one file of a connection to the next, and not over a missing one", async () => {
    const lines = sampleLines("KRAKEN.ws.1.0");
    const [second = "", third = ""] = lines.filter((line) => line.includes('"c":"'));
    const first = lines.slice(0, lines.indexOf(second));
    const verdicts = async (...names: readonly string[]): Promise<number[]> => {
      const [one = "", two = "", three = ""] = names;
      const memory = await capture([one, first], [two, [second]], [three, [third]]);
      return memory
        .of("book")
        .filter(({ flags, line }) => line === 1 && (flags & MESSAGE_END) !== 0)
        .map(({ flags }) => flags & ~MESSAGE_END);
    };
    const [matched, none] = [CHECKSUM_MATCHED, 0];
    expect(await verdicts("A.ws.1.9", "A.ws.1.10", "A.ws.1.11")).toEqual([matched, matched]);
    expect(await verdicts("KRAKEN.ws.1.0.gz", "KRAKEN.ws.1.1.gz", "KRAKEN.ws.1.3.gz")).toEqual([
      matched,
      none,
    ]);
    expect(await verdicts("KRAKEN.ws.1.0", "KRAKEN.ws.2.1", "KRAKEN.ws.1.1")).toEqual([
      none,
      CHECKSUM_FAILED,
    ]);
  });

  it.each(samples)("end every line in rows, quarantine or skipped: $name", async ({ name }) => {
    const memory = await captureSample(name, ["no time at all"]);
    const lines = [
      ...new Set(memory.rows.map(({ row }) => row.line)),
      ...memory.quarantined.map(({ line }) => line.number),
      ...memory.skipped.map(({ line }) => line.number),
    ];
    const expected = [...sampleLines(name), "no time at all"].map((_, i) => i + 1);
    expect(lines.toSorted((a, b) => a - b)).toEqual(expected);
    expect(memory.quarantined).toHaveLength(1);
  });
});

const REAL = resolve(
  import.meta.dirname,
  "../../../../shared/data/orderbook/multivenue-raw/KRAKEN-c197c0.0.gz",
);

describe.skipIf(!existsSync(REAL))("a real capture (KRAKEN-c197c0.0.gz)", () => {
  it("is recognised through its compression", async () => {
    expect((await readFile(REAL)).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect(cryptofeed.recognises(await fileHead(await openFile(REAL)))).toBe(true);
  });
});
