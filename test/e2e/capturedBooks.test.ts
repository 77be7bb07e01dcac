import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { MemorySink } from "../../packages/ingest/test/memorySink.ts";
import { replay, type OrderBook } from "../../packages/replay/src/index.ts";
import { toSteps, type Decimal } from "../../packages/schema/src/index.ts";
import { bookIds, bookStream, readCaptures } from "./capturedStreams.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/orderbook/multivenue-raw");

interface Case {
  readonly files: readonly string[];
  readonly books: number;
  readonly messages: number;
  readonly snapshots: number;
  readonly checksums: number;
  /** Deletes of levels that the snapshot, a thousand levels deep, did not have. */
  readonly unknownDeletes?: number;
  /** Best prices that name the update of the book that they are of: how many there are to be compared. */
  readonly quotes?: number;
}

const CASES: readonly Case[] = [
  {
    files: ["BINANCE-b38f7c.0.gz"],
    books: 10,
    messages: 4_719,
    snapshots: 10,
    checksums: 0,
    unknownDeletes: 629,
    quotes: 1_155,
  },
  {
    files: ["BINANCE_FUTURES-1125a2.0.gz"],
    books: 5,
    messages: 4_428,
    snapshots: 5,
    checksums: 0,
    unknownDeletes: 1_214,
    quotes: 216,
  },
  {
    files: ["BINANCE_DELIVERY.http.0.0.gz", "BINANCE_DELIVERY.ws.1.0.gz"],
    books: 10,
    messages: 2_057,
    snapshots: 10,
    checksums: 0,
    unknownDeletes: 879,
    quotes: 213,
  },
  {
    files: ["KRAKEN-c197c0.0.gz"],
    books: 10,
    messages: 14_506,
    snapshots: 10,
    checksums: 14_496,
  },
  {
    files: ["KRAKEN_FUTURES.ws.1.0.gz"],
    books: 10,
    messages: 7_024,
    snapshots: 10,
    checksums: 0,
  },
  { files: ["OKEX.ws.1.0.gz"], books: 10, messages: 1_504, snapshots: 10, checksums: 1_504 },
  {
    files: ["OKX.ws.1.0_20220227.gz"],
    books: 10,
    messages: 3_679,
    snapshots: 20,
    checksums: 3_679,
  },
  { files: ["FTX-6d2b81.0.gz"], books: 10, messages: 3_377, snapshots: 10, checksums: 3_377 },
  { files: ["DERIBIT-5dd9ce.0.gz"], books: 10, messages: 187, snapshots: 10, checksums: 0 },
  { files: ["DERIBIT.ws.1.0.gz"], books: 10, messages: 46, snapshots: 10, checksums: 0 },
  { files: ["BITMEX-d944be.0.gz"], books: 10, messages: 6_393, snapshots: 10, checksums: 0 },
];

/** Compares best prices with the book after the same update; returns how many there were, and those that differ. */
async function compareQuotes(
  memory: MemorySink,
  id: string,
): Promise<{ readonly compared: number; readonly wrong: readonly number[] }> {
  const stream = bookStream(memory, id);
  const { tick, lot } = stream.instrument;
  const quotes = new Map(memory.of("quotes", id).map((quote) => [quote.updateId, quote]));
  const wrong: number[] = [];
  let compared = 0;
  const onBook = ({ updateId, bestBid, bestAsk }: OrderBook): void => {
    const quote = quotes.get(updateId);
    if (quote === undefined) return;
    // A message that the snapshot contains leaves the book at the update that it was at.
    quotes.delete(updateId);
    compared += 1;
    const steps = (value: Decimal | undefined, step: Decimal): number | undefined =>
      value && toSteps(value, step);
    const told = [
      [steps(quote.bidPrice, tick), steps(quote.bidSize, lot)],
      [steps(quote.askPrice, tick), steps(quote.askSize, lot)],
    ];
    const built = [bestBid, bestAsk].map((level) => [level?.price, level?.size]);
    if (JSON.stringify(told) !== JSON.stringify(built)) wrong.push(updateId);
  };
  await replay([stream], { handlers: { onBook } });
  return { compared, wrong };
}

for (const { files, quotes, unknownDeletes = 0, ...expected } of CASES) {
  const paths = files.map((file) => join(DATA, file));
  describe.skipIf(!paths.every(existsSync))(`the books of ${files.join(" and ")}`, () => {
    let memory: MemorySink;
    beforeAll(async () => {
      memory = await readCaptures(paths);
    });

    it("are rebuilt without a gap or a crossed book, and every checksum matches", async () => {
      const result = await replay(bookIds(memory).map((id) => bookStream(memory, id)));
      const total = (of: "messages" | "snapshots"): number =>
        result.streams.reduce((sum, { book }) => sum + (book?.[of] ?? 0), 0);
      const { gaps, crossedMessages, lockedMessages, checksums } = result;
      expect({ gaps, crossedMessages, lockedMessages }).toEqual({
        gaps: [],
        crossedMessages: 0,
        lockedMessages: 0,
      });
      expect(checksums.matched).toBe(checksums.checked);
      expect({
        books: result.streams.length,
        messages: total("messages"),
        snapshots: total("snapshots"),
        checksums: checksums.checked,
      }).toEqual(expected);
      expect(result.unknownDeletes).toBe(unknownDeletes);
    });

    if (quotes === undefined) return;
    it(`have the best prices and sizes of ${quotes} quotes with the same update ids`, async () => {
      const found = await Promise.all(bookIds(memory).map((id) => compareQuotes(memory, id)));
      expect(found.flatMap(({ wrong }) => wrong)).toEqual([]);
      expect(found.reduce((sum, { compared }) => sum + compared, 0)).toBe(quotes);
    });
  });
}
