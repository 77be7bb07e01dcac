import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replay } from "@aftershock/replay";
import { absentColumn, type Batch, type EventStream, type Instrument } from "@aftershock/schema";
import { type Duck, openDuck } from "../src/duck.ts";
import { ingest } from "../src/ingest.ts";
import { Lake } from "../src/store/lake.ts";
import { lakeStream } from "../src/store/lakeStream.ts";
import { storeStreams } from "../src/store/storeStreams.ts";
import { plainSource } from "./plainSource.ts";

const DAY = 1_760_054_400_000_000; // 2025-10-10T00:00:00Z, µs
/** More than one batch. */
const ROWS = 70_000;
let folder: string;
let lake: Lake;
let duck: Duck;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-tape-"));
  lake = new Lake(join(folder, "lake"));
  duck = await openDuck();
});
afterEach(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

type Ids = readonly (string | undefined)[];

/** The id of the nth trade: one of these and its number, or none. */
function idOf(ids: Ids, nth: number): string | undefined {
  const id = ids[nth % ids.length];
  return id === undefined ? undefined : `${id}${nth}`;
}

/** Trades of a lake with such ids. */
async function tradesOf(ids: Ids): Promise<AsyncIterable<Batch>> {
  const path = join(folder, "a.txt");
  const lines = Array.from({ length: ROWS }, (_, n) => {
    return `${DAY + n} ${idOf(ids, n) ?? "-"} ${n % 7}.5 1\n`;
  });
  await writeFile(path, lines.join(""));
  await ingest({ lake, source: plainSource(), paths: [path] });
  return lakeStream(duck, lake, "trades", await lake.list()).batches();
}

const PERPETUAL: Instrument = {
  id: "test:A",
  venue: "test",
  symbol: "A",
  kind: "perpetual",
  base: "A",
  quote: "USD",
  settle: "USD",
  tick: { mantissa: 1, decimals: 1 },
  lot: { mantissa: 1, decimals: 0 },
  contract: "linear",
  multiplier: 1,
  gridSource: "table",
};
/** Two full batches and a short one. */
const TICKERS = 2 * 65_536 + 5_000;

/** Tickers without texts, of which some columns are absent, one of them but for one row. */
function tickers(): Batch<"tickers"> {
  const column = (valueAt: (row: number) => number): Float64Array =>
    Float64Array.from({ length: TICKERS }, (_, row) => valueAt(row));
  const none = absentColumn(TICKERS);
  return {
    stream: "tickers",
    instrument: PERPETUAL,
    length: TICKERS,
    columns: {
      seq: column((row) => row),
      tsEvent: none,
      tsRecv: column((row) => DAY + row),
      markPrice: column((row) => 1_000 + (row % 977)),
      indexPrice: column((row) => (row % 3 === 0 ? Number.NaN : row)),
      lastPrice: none,
      fundingRate: column((row) => (row === 65_535 ? 0.001 : Number.NaN)),
      predictedFundingRate: none,
      fundingTime: none,
      openInterest: none,
    },
  };
}

async function storedTickers(stored: Batch<"tickers">): Promise<EventStream<"tickers">> {
  const stream: EventStream<"tickers"> = {
    stream: "tickers",
    instrument: PERPETUAL,
    simulated: true,
    async *batches() {
      yield stored;
    },
  };
  const loader = { name: "test", version: 1 };
  await storeStreams({ lake, streams: [stream], loader, simulated: { seed: 1 } });
  return lakeStream(duck, lake, "tickers", await lake.list());
}

describe("the tape", () => {
  it("gives numbers back, whichever batch of it is read and whenever batches before are freed", async () => {
    const stored = tickers();
    const stream = await storedTickers(stored);
    for (const frees of ["at once", "two later", "never"]) {
      const held: (readonly [batch: Batch<"tickers">, from: number])[] = [];
      let first = 0;
      for await (const read of stream.batches()) {
        held.push([read, first]);
        first += read.length;
        for (const [batch, from] of held) {
          for (const [name, column] of Object.entries(stored.columns)) {
            const own = batch.columns[name as keyof typeof batch.columns];
            expect(own, `${name} of row ${from}`).toEqual(column.slice(from, from + batch.length));
          }
        }
        if (frees === "never" || (frees === "two later" && held.length < 3)) continue;
        const [freed] = held.shift() ?? [];
        freed?.release?.();
        expect(freed?.columns.markPrice.length).toBe(0);
      }
      expect(first).toBe(TICKERS);
    }
  });

  it.each([
    ["ASCII", ["17", undefined, "x-"]],
    ["other text", ["17", "é", undefined, "😀"]],
  ])("gives texts back, %s", async (kind, ids) => {
    const seen: unknown[] = [];
    for await (const batch of await tradesOf(ids)) {
      const { columns, asciiTexts } = batch as Batch<"trades">;
      expect(asciiTexts?.["tradeId"] !== undefined).toBe(kind === "ASCII");
      seen.push(...columns.tradeId);
      expect(columns.tradeId).toBe(columns.tradeId);
    }
    expect(seen).toEqual(Array.from({ length: ROWS }, (_, n) => idOf(ids, n)));
  });

  it("frees the memory of a batch once a replay is through with it, and not before", async () => {
    await tradesOf(["1"]);
    const stream = lakeStream(duck, lake, "trades", await lake.list());
    const prices: Float64Array[] = [];
    let sum = 0;
    await replay([stream], {
      handlers: {
        on: {
          trades: ({ columns: { price } }, from, to) => {
            for (let row = from; row < to; row++) sum += price[row] ?? Number.NaN;
            if (!prices.includes(price)) prices.push(price);
          },
        },
      },
    });
    expect(sum).toBeGreaterThan(0);
    expect(prices.map(({ length }) => length)).toEqual([0, 0]);
  });
});
