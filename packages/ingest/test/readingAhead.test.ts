import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replay } from "@aftershock/replay";
import {
  absentColumn,
  type Batch,
  columnsOf,
  type EventStream,
  type Instrument,
  type IntegrityError,
  type StreamName,
} from "@aftershock/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Duck, openDuck } from "../src/duck.ts";
import { Lake } from "../src/store/lake.ts";
import { lakeStream } from "../src/store/lakeStream.ts";
import { borrowTapeThread, readTapeAhead, returnTapeThread } from "../src/store/readingAhead.ts";
import { storeStreams } from "../src/store/storeStreams.ts";
import { tapeOf } from "../src/store/tape.ts";
import { readTape } from "../src/store/tapeReader.ts";
import type { TapeRows } from "../src/store/tapeRows.ts";
import { TapeThread, ThreadLost } from "../src/store/tapeThread.ts";

const DAY = 1_760_054_400_000_000; // 2025-10-10T00:00:00Z, µs
const BATCH = 65_536;
/** So many batches that the memory which threads share is used up where none is given back. */
const TICKERS = 9 * BATCH + 5_000;
const OTHERS = 2 * BATCH + 5_000;
const MADE = ["tickers", "trades", "orders"] as const;

const INSTRUMENT: Instrument = {
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

/** Rows of a stream: numbers that say where they stand, some columns absent, and texts of which each is one of these and its row, or none. */
function rowsOf(
  stream: StreamName,
  length: number,
  texts: readonly (string | undefined)[] = [],
): EventStream {
  const numbers = (of: (row: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, row) => of(row));
  const columns = columnsOf(stream).map(([name, { type, nullable }]) => {
    if (type === "text") {
      const own = Array.from({ length }, (_, row) => texts[row % texts.length]?.concat(`${row}`));
      return [name, own];
    }
    // Of flags, a message that ends; of actions and sides whatever.
    if (type === "code") return [name, new Int8Array(length).fill(name === "flags" ? 4 : 1)];
    if (name === "tsRecv") return [name, numbers((row) => DAY + 50 * row)];
    if (name === "seq") return [name, numbers((row) => row)];
    if (nullable && name !== "indexPrice") return [name, absentColumn(length)];
    return [
      name,
      numbers((row) => (name === "indexPrice" && row % 3 === 0 ? NaN : 1 + (row % 977))),
    ];
  });
  const batch: Batch = {
    stream,
    instrument: INSTRUMENT,
    length,
    columns: Object.fromEntries(columns),
  };
  return {
    stream,
    instrument: INSTRUMENT,
    simulated: true,
    async *batches() {
      yield batch;
    },
  };
}

let folder: string;
let duck: Duck;
const lakes = new Map<string, Lake>();
const tapes = new Map<string, string>();

async function store(name: string, streams: readonly EventStream[]): Promise<void> {
  const lake = new Lake(join(folder, name));
  lakes.set(name, lake);
  const loader = { name: "test", version: 1 };
  await storeStreams({ lake, streams, loader, simulated: { seed: 1 } });
  for (const manifest of await lake.list()) {
    tapes.set(`${name} ${manifest.stream}`, (await tapeOf(duck, lake, manifest)) ?? "");
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-ahead-"));
  duck = await openDuck();
  await store("digits", [
    rowsOf("tickers", TICKERS),
    rowsOf("trades", OTHERS, ["9", undefined, "x-"]),
    rowsOf("orders", OTHERS, ["70000000000", "8"]),
  ]);
  await store("letters", [
    rowsOf("trades", OTHERS, ["é", undefined, "9"]),
    rowsOf("orders", OTHERS, ["😀", "1"]),
  ]);
}, 120_000);
afterAll(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

const KINDS = [
  "digits tickers",
  "digits trades",
  "digits orders",
  "letters trades",
  "letters orders",
];

const streamOfKind = (kind: string): StreamName => kind.split(" ")[1] as StreamName;

type Column = Float64Array | Int8Array | Int32Array | Uint8Array | readonly unknown[] | undefined;

/** What stands for the values of a column. */
function hashOf(column: Column): string {
  const hash = createHash("sha256");
  if (Array.isArray(column)) hash.update(JSON.stringify(column));
  // Shared memory is copied first.
  else if (column !== undefined) hash.update((column as Uint8Array).slice());
  return `${Object.prototype.toString.call(column)} ${column?.length} ${hash.digest("hex")}`;
}

/** A batch as it can be compared and kept. */
function copyOf({ length, columns, idWords, asciiTexts = {} }: TapeRows): unknown {
  const own = Object.entries(columns).map(([name, column]) => [name, hashOf(column)]);
  const texts = Object.entries(asciiTexts).map(([name, { bytes, offsets, valid }]) => {
    return [name, [bytes, offsets, valid].map(hashOf)];
  });
  return { length, columns: own, texts, words: [idWords?.lo, idWords?.hi].map(hashOf) };
}

/** When a batch is given back: at once, when the next was read, never. */
type Frees = "at once" | "one later" | "never";

/** What batches hold, looked at only when others after them have been read, and the error that ended it. */
async function copies(rows: AsyncIterable<TapeRows>, frees: Frees = "at once"): Promise<unknown[]> {
  const held: TapeRows[] = [];
  const seen: unknown[] = [];
  const takeFirst = (): void => {
    const first = held.shift();
    if (first === undefined) return;
    seen.push(copyOf(first));
    first.release?.();
  };
  try {
    for await (const batch of rows) {
      held.push(batch);
      if (frees === "at once" || (frees === "one later" && held.length > 1)) takeFirst();
    }
  } catch (error) {
    seen.push(error);
  }
  while (held.length > 0) takeFirst();
  return seen;
}

async function ready(thread: TapeThread): Promise<TapeThread> {
  while (!thread.isReady) await new Promise((resolve) => setTimeout(resolve, 1));
  return thread;
}

async function ended(thread: TapeThread): Promise<void> {
  thread.stop();
  await thread.ended;
}

describe("a tape that a thread reads ahead", () => {
  it.each(KINDS)(
    "gives what it gives otherwise, freed when it may be: %s",
    async (kind) => {
      const [path, stream] = [tapes.get(kind) ?? "", streamOfKind(kind)];
      const expected = await copies(readTape(path, stream, 0));
      expect(expected.length).toBe(kind.endsWith("tickers") ? 10 : 3);
      const thread = await ready(new TapeThread());
      for (const frees of ["at once", "one later", "never"] as const) {
        expect(await copies(thread.read(path, stream, 0), frees)).toEqual(expected);
      }
      expect(await copies(thread.read(path, stream, 2))).toEqual(expected.slice(2));
      await ended(thread);
    },
    60_000,
  );

  it("is read beside others by the one thread, and taken over from this one when that is ready", async () => {
    const thread = new TapeThread();
    const read = await Promise.all(
      KINDS.map((kind) =>
        copies(readTapeAhead(tapes.get(kind) ?? "", streamOfKind(kind), 0, thread)),
      ),
    );
    expect(thread.isReady).toBe(true);
    for (const [nth, kind] of KINDS.entries()) {
      const expected = await copies(readTape(tapes.get(kind) ?? "", streamOfKind(kind), 0));
      expect(read[nth]).toEqual(expected);
    }
    await ended(thread);
  }, 60_000);

  it("lends its memory: shared with the thread, and used again for batches to come", async () => {
    const thread = await ready(new TapeThread());
    const lengths: number[] = [];
    const marked: number[] = [];
    for await (const batch of thread.read(tapes.get("digits tickers") ?? "", "tickers", 0)) {
      const { tsRecv, indexPrice } = batch.columns as { [name: string]: Float64Array };
      expect(indexPrice?.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(indexPrice?.buffer).toBe(tsRecv?.buffer);
      // A mark past all columns of a batch, which is met again in later ones.
      const end = new Uint8Array(indexPrice!.buffer).subarray(-1);
      if (end[0] === 7) marked.push(lengths.length);
      end[0] = 7;
      lengths.push(batch.length);
      batch.release?.();
    }
    expect(marked.length).toBeGreaterThan(3);
    expect(lengths).toEqual([...Array.from({ length: 9 }, () => BATCH), 5_000]);
    await ended(thread);
  });
});

/** What a caller can see of an error. */
const told = (error: unknown): unknown => {
  const { constructor, message, hints, code } = error as IntegrityError & { code?: string };
  return { constructor, message, hints, code };
};

describe("a thread that reads tapes", () => {
  it("that does not start, or ends, leaves the rest to the replay's own", async () => {
    const path = tapes.get("digits tickers") ?? "";
    const expected = await copies(readTape(path, "tickers", 0));
    // One ends at once as there is no such file, of the other no thread can be made at all.
    for (const file of [new URL("./noSuchWorker.ts", import.meta.url), new URL("http://[::1]/")]) {
      const absent = new TapeThread(file);
      await absent.ended;
      expect(await copies(readTapeAhead(path, "tickers", 0, absent))).toEqual(expected);
      absent.stop();
    }
    const dying = await ready(new TapeThread(new URL("./dyingTapeWorker.ts", import.meta.url)));
    expect(await copies(readTapeAhead(path, "tickers", 0, dying))).toEqual(expected);
    await dying.ended;
    expect(dying.isReady).toBe(false);
    expect(await copies(dying.read(path, "tickers", 0))).toEqual([new ThreadLost()]);
  }, 60_000);

  it("tells errors as they are met otherwise, after the same batches", async () => {
    const path = tapes.get("digits trades") ?? "";
    const bytes = await readFile(path);
    const damaged = join(folder, "damaged.arrow");
    // The texts of the second batch run too far.
    await writeFile(
      damaged,
      bytes.fill(0x7f, bytes.length >> 1, bytes.length - (bytes.length >> 3)),
    );
    const cut = join(folder, "cut.arrow");
    await writeFile(cut, bytes.subarray(0, 1_000));
    const thread = await ready(new TapeThread());
    for (const [file, batches] of [
      [damaged, 1],
      [cut, 0],
      [join(folder, "absent.arrow"), 0],
    ] as const) {
      const alone = await copies(readTape(file, "trades", 0));
      const ahead = await copies(readTapeAhead(file, "trades", 0, thread));
      const [error, same] = [alone.at(-1) as Error, ahead.at(-1) as Error];
      expect(alone.length).toBe(batches + 1);
      expect(error).toBeInstanceOf(Error);
      expect(told(same)).toEqual(told(error));
      expect(ahead.slice(0, -1)).toEqual(alone.slice(0, -1));
    }
    await ended(thread);
  }, 60_000);

  it("lives while a stream is read, also to be left early, and ends then", async () => {
    const lake = lakes.get("digits") ?? new Lake(folder);
    const days = (await lake.list()).filter(({ stream }) => stream === "tickers");
    const stream = lakeStream(duck, lake, "tickers", days, { readAhead: true });
    const [one, other] = [
      stream.batches()[Symbol.asyncIterator](),
      stream.batches()[Symbol.asyncIterator](),
    ];
    await Promise.all([one.next(), other.next()]);
    const thread = await ready(borrowTapeThread());
    await Promise.all([one.next(), other.next()]);
    await one.return?.();
    expect(thread.isReady).toBe(true);
    returnTapeThread();
    expect(thread.isReady).toBe(true);
    await other.return?.();
    expect(thread.isReady).toBe(false);
    await thread.ended;
  }, 60_000);

  it("changes nothing of a replay: its hash, its counts and what is heard", async () => {
    const lake = lakes.get("digits") ?? new Lake(folder);
    const manifests = await lake.list();
    const replayed = async (readAhead: boolean): Promise<unknown> => {
      const streams = MADE.map((name) =>
        lakeStream(
          duck,
          lake,
          name,
          manifests.filter(({ stream }) => stream === name),
          { readAhead },
        ),
      );
      let heard = 0;
      const result = await replay(streams, {
        handlers: {
          onTouch: (bid, _ask, at) => (heard = (heard * 31 + bid + at) % 1e9),
          on: {
            trades: ({ columns: { price, tradeId } }, from, to) => {
              for (let row = from; row < to; row++)
                heard = (heard + price[row]! + (tradeId[row]?.length ?? 0)) % 1e9;
            },
          },
        },
      });
      return { result, heard };
    };
    // So that the thread is there from the first batch on.
    const thread = await ready(borrowTapeThread());
    const ahead = await replayed(true);
    returnTapeThread();
    await thread.ended;
    expect(ahead).toEqual(await replayed(false));
  }, 60_000);
});
