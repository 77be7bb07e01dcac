import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  detectSource,
  ingest,
  Lake,
  lakeStream,
  openDuck,
  type Duck,
  type ReadHints,
} from "@aftershock/ingest";
import {
  FastL3Book,
  L2Book,
  L3Book,
  type Level,
  type OrderBook,
  type OrdersBook,
  type OrdersBookOptions,
  replay,
} from "@aftershock/replay";
import {
  ASK,
  BID,
  decimal,
  formatSteps,
  toSteps,
  type Decimal,
  type EventStream,
  type StreamName,
} from "@aftershock/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFile } from "../../packages/ingest/src/files/openFile.ts";
import {
  dbnFile,
  mboBytes,
  mbpBytes,
  START,
  type Mbo,
} from "../../packages/ingest/test/dbnFile.ts";
import { SeededVenue, type VenueEvent } from "../../packages/replay/test/l3Venue.ts";

const DATA = join(import.meta.dirname, "../../../shared/data/orderbook");
const DATABENTO = join(DATA, "databento_ESH4_mbo_20231224.dbn.zst");
const BITFINEX = join(DATA, "bitfinex_L3_BTCUSD_2021.json.gz");
const COINBASE = join(DATA, "coinbase_BTC-USD_l3_snapshot_20260807.json.gz");
const COINBASE_LEVELS = join(DATA, "coinbase_BTC-USD_l2_snapshot_20260807.json.gz");

let folder: string;
let duck: Duck;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-l3-"));
  duck = await openDuck();
});
afterAll(async () => {
  duck.close();
  await rm(folder, { recursive: true, force: true });
});

/** Ingests files into a lake of their own, and gives its streams. */
async function lakeOf(
  name: string,
  paths: readonly string[],
  hints: ReadHints = {},
): Promise<<S extends StreamName>(stream: S) => EventStream<S>> {
  const lake = new Lake(join(folder, name));
  for (const path of paths) {
    await ingest({
      lake,
      source: await detectSource(path),
      paths: [path],
      hints,
      maxQuarantine: 0,
    });
  }
  return streamsOf(lake);
}

async function streamsOf(lake: Lake): Promise<<S extends StreamName>(stream: S) => EventStream<S>> {
  const partitions = await lake.list();
  return (stream) =>
    lakeStream(
      duck,
      lake,
      stream,
      partitions.filter((partition) => partition.stream === stream),
    );
}

/** No id that was not added before, and nothing else that an intact recording of all orders has none of. */
const ALL_KNOWN = {
  duplicateAdds: 0,
  emptyAdds: 0,
  unknownModifies: 0,
  unknownCancels: 0,
  unknownExecutions: 0,
  overExecutions: 0,
};

const touch = ({ bestBid, bestAsk, orders }: OrdersBook): string =>
  JSON.stringify([bestBid, bestAsk, orders]);

/** Replays orders through both books, which must be the same after every message; calls back with the plain one. */
async function replayed(
  stream: EventStream<"orders">,
  options: OrdersBookOptions = {},
  onMessage: (book: L3Book, at: number) => void = () => {},
): Promise<L3Book> {
  const plain = new L3Book(stream.instrument, options);
  const fast = new FastL3Book(stream.instrument, options);
  for await (const batch of stream.batches()) {
    for (let from = 0; from < batch.length; from += 5_000) {
      const to = Math.min(from + 5_000, batch.length);
      const [touches, fastTouches]: [string[], string[]] = [[], []];
      plain.apply(batch, from, to, (book, at) => {
        touches.push(touch(book));
        onMessage(book, at);
      });
      fast.apply(batch, from, to, (book) => fastTouches.push(touch(book)));
      expect(fastTouches).toEqual(touches);
      expect(fast.digest).toBe(plain.digest);
    }
  }
  expect([fast.counts, fast.gaps]).toEqual([plain.counts, plain.gaps]);
  const { streams, gaps } = await replay([stream], { ordersStart: options.start ?? "snapshot" });
  expect([streams[0]?.book, gaps]).toEqual([plain.counts, plain.gaps]);
  for (const { price } of plain.bids())
    expect(fast.ordersAt(BID, price)).toEqual(plain.ordersAt(BID, price));
  return plain;
}

async function bytesOf(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of (await openFile(path)).bytes()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const readJson = async <T>(path: string): Promise<T> =>
  JSON.parse((await bytesOf(path)).toString("utf8")) as T;

/** Orders of one price, in the order of the file, as a check reads them. */
type Queues = Map<string, (readonly [id: string, size: number])[]>;

const queueKey = (side: 1 | -1, price: number): string => `${side} ${price}`;

function put(queues: Queues, key: string, id: string, size: number): void {
  queues.set(key, [...(queues.get(key) ?? []), [id, size]]);
}

function queuesOf(book: OrdersBook): Queues {
  const queues: Queues = new Map();
  for (const side of [book.bidSide, book.askSide]) {
    for (let price = side.bestPrice; !Number.isNaN(price); price = side.priceAfter(price)) {
      const key = queueKey(side.side, price);
      for (const { id, size } of book.ordersAt(side.side, price)) put(queues, key, id, size);
    }
  }
  return queues;
}

const steps = (text: string, step: Decimal): number => toSteps(decimal(text), step) ?? Number.NaN;

describe.skipIf(!existsSync(DATABENTO))("Databento's orders of ESH4, 2023-12-24", () => {
  it("are the book of the file's records, each price in their order", async () => {
    const stream = (await lakeOf("databento", [DATABENTO]))("orders");
    const book = await replayed(stream);
    // A snapshot and nothing else, so that no id can be unknown; before 2024-02 one has no record that clears the book.
    expect(book.counts).toMatchObject({ ...ALL_KNOWN, rows: 8_725, messages: 1, snapshots: 1 });
    expect(book.counts.crossed.messages + book.counts.locked.messages).toBe(0);
    expect([book.orders, book.bidSide.depth, book.askSide.depth]).toEqual([8_725, 892, 559]);
    const bytes = await bytesOf(DATABENTO);
    const queues: Queues = new Map();
    for (let at = 8 + bytes.readUInt32LE(4); at < bytes.length; at += 56) {
      const side = bytes.toString("latin1", at + 39, at + 40) === "B" ? BID : ASK;
      const price = Number(bytes.readBigInt64LE(at + 24) / 10_000_000n);
      const id = String(bytes.readBigUInt64LE(at + 16));
      put(queues, queueKey(side, price), id, bytes.readUInt32LE(at + 32));
    }
    expect(stream.instrument.tick).toEqual({ mantissa: 1, decimals: 2 });
    expect(queuesOf(book)).toEqual(queues);
  });
});

describe.skipIf(!existsSync(BITFINEX))("Bitfinex' raw book of BTCUSD, 2021", () => {
  it("has every id, and is the sum of the venue's entries all along", async () => {
    type Entry = readonly [id: number, price: number, amount: number];
    const messages = (await readJson<readonly unknown[]>(BITFINEX)).flatMap((message) => {
      if (!Array.isArray(message) || !Array.isArray(message[1])) return [];
      const payload = message[1] as readonly unknown[];
      return [(typeof payload[0] === "number" ? [payload] : payload) as readonly Entry[]];
    });
    const stream = (await lakeOf("bitfinex", [BITFINEX], { date: "2021-04-01" }))("orders");
    const { tick, lot } = stream.instrument;
    const entries = new Map<number, Entry>();
    let read = 0;
    const book = await replayed(stream, {}, (own) => {
      for (const entry of messages[read] ?? []) {
        if (entry[1] === 0) entries.delete(entry[0]);
        else entries.set(entry[0], entry);
      }
      read += 1;
      if (read % 997 !== 0 && read !== messages.length) return;
      expect(own.orders).toBe(entries.size);
      for (const [id, price, amount] of entries.values()) {
        expect(own.order(String(id))).toEqual({
          id: String(id),
          side: amount > 0 ? BID : ASK,
          price: steps(price.toFixed(8), tick),
          size: steps(Math.abs(amount).toFixed(8), lot),
        });
      }
      const size = [...own.bids(), ...own.asks()].reduce((sum, level) => sum + level.size, 0);
      const told = [...entries.values()].map(([, , amount]) => Math.abs(amount).toFixed(8));
      expect(size).toBe(told.reduce((sum, text) => sum + steps(text, lot), 0));
    });
    // MANIFEST.md: no removal of an unknown id.
    expect(book.counts).toMatchObject({ ...ALL_KNOWN, messages: 99_999, snapshots: 1 });
    expect([read, book.counts.rows, book.orders]).toEqual([99_999, 100_048, 38]);
    // The venue tells what one match did over several messages, the bids first: twice a bid comes before the ask that it met goes.
    expect(book.counts.crossed).toMatchObject({ messages: 6, intervals: 1 });
    expect(book.counts.locked).toMatchObject({ messages: 15, intervals: 1 });
  });
});

describe.skipIf(!existsSync(COINBASE) || !existsSync(COINBASE_LEVELS))(
  "Coinbase's orders of BTC-USD, 2026-08-07",
  () => {
    interface Snapshot {
      readonly sequence: number;
      readonly bids: readonly (readonly [price: string, size: string, id: string | number])[];
      readonly asks: Snapshot["bids"];
    }

    it("are the book of the file's orders, and nearly all levels those of its book by price two seconds before", async () => {
      const stream = (await lakeOf("coinbase", [COINBASE]))("orders");
      const { tick, lot } = stream.instrument;
      const book = await replayed(stream);
      const file = await readJson<Snapshot>(COINBASE);
      expect(book.counts).toMatchObject({ ...ALL_KNOWN, rows: 110_606, messages: 1, snapshots: 1 });
      expect([book.valid, book.orders, book.updateId]).toEqual([true, 110_606, file.sequence]);
      expect(book.counts.crossed.messages + book.counts.locked.messages).toBe(0);
      const queues: Queues = new Map();
      for (const [side, orders] of [
        [BID, file.bids],
        [ASK, file.asks],
      ] as const) {
        for (const [price, size, id] of orders)
          put(queues, queueKey(side, steps(price, tick)), String(id), steps(size, lot));
      }
      expect(queuesOf(book)).toEqual(queues);
      // 2,070 sequence numbers lie between the two.
      const levels = await readJson<Snapshot>(COINBASE_LEVELS);
      const equal = ([BID, ASK] as const).map((side) => {
        const told = side === BID ? levels.bids : levels.asks;
        const same = told.filter(([text, size, orders]) => {
          const price = steps(text, tick);
          return (
            book.sizeAt(side, price) === steps(size, lot) && book.orderCount(side, price) === orders
          );
        });
        return [same.length, told.length];
      });
      expect(equal).toEqual([
        [18_323, 18_376],
        [26_967, 27_017],
      ]);
    });
  },
);

/** What a book shows of its best levels, as decimals, whatever its grid. */
function shown({ instrument, bids, asks }: Pick<OrderBook, "instrument"> & Tops): string {
  const text = ({ price, size }: Level): string =>
    `${formatSteps(price, instrument.tick)} x ${formatSteps(size, instrument.lot)}`;
  return JSON.stringify([bids.map(text), asks.map(text)]);
}

interface Tops {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

const topsOf = (book: OrderBook, depth: number): string =>
  shown({ instrument: book.instrument, bids: book.bids(depth), asks: book.asks(depth) });

/** The venue's own book by price after each of its messages, by the time of the message. */
async function levelsByTime(
  stream: EventStream<"book">,
  depth: number,
): Promise<Map<number, string>> {
  const book = new L2Book(stream.instrument);
  const seen = new Map<number, string>();
  for await (const batch of stream.batches()) {
    book.apply(batch, 0, batch.length, (own, at) => seen.set(at, topsOf(own, depth)));
  }
  return seen;
}

/** Compares a book of orders with the venue's own book after every message; returns how many there were to compare, and those that differ. */
function comparedWith(levels: ReadonlyMap<number, string>, depth: number) {
  const result = { compared: 0, wrong: [] as number[] };
  let told: string | undefined;
  const onMessage = (book: OrdersBook, at: number): void => {
    told = levels.get(at) ?? told;
    result.compared += 1;
    if (topsOf(book, depth) !== told) result.wrong.push(at);
  };
  return { result, onMessage };
}

const EVENTS = 4_000;

describe("a day of a seeded venue, as LOBSTER writes it", () => {
  const DEPTH = 30;
  const name = (kind: string): string => `TEST_2012-06-21_34200000_57600000_${kind}_${DEPTH}.csv`;

  /** Types of LOBSTER's events. */
  const TYPES = { add: 1, reduce: 2, delete: 3, trade: 4 } as const;

  function writtenDay(): readonly [messages: string, books: string] {
    const venue = new SeededVenue(20_120_621);
    const [messages, books]: [string[], string[]] = [[], []];
    for (let second = 0; second < EVENTS; second += 1) {
      const event = venue.next(false);
      if (event.kind === "modify") throw new Error("NASDAQ's orders get a new id");
      const { order } = event;
      const size = "by" in event ? event.by : order.size;
      messages.push(
        [34_200 + second, TYPES[event.kind], order.id, size, order.price * 100, order.side].join(),
      );
      const [bids, asks] = [venue.levels(BID), venue.levels(ASK)];
      const cells = Array.from({ length: DEPTH }, (_, i) => [
        ...(asks[i] === undefined ? [9_999_999_999, 0] : [asks[i][0] * 100, asks[i][1]]),
        ...(bids[i] === undefined ? [-9_999_999_999, 0] : [bids[i][0] * 100, bids[i][1]]),
      ]);
      books.push(cells.flat().join());
    }
    return [`${messages.join("\n")}\n`, `${books.join("\n")}\n`];
  }

  it("is replayed to the orderbook file after every event of the message file, without an unknown id", async () => {
    const paths = [join(folder, name("message")), join(folder, name("orderbook"))] as const;
    const [messages, books] = writtenDay();
    await writeFile(paths[0], messages);
    await writeFile(paths[1], books);
    const lake = new Lake(join(folder, "lobster"));
    // The orderbook file has its times from the message file, so that both go into one ingest.
    await ingest({ lake, source: await detectSource(paths[0]), paths, maxQuarantine: 0 });
    const stream = await streamsOf(lake);
    const { result, onMessage } = comparedWith(await levelsByTime(stream("book"), DEPTH), DEPTH);
    const book = await replayed(stream("orders"), { start: "empty" }, onMessage);
    expect(result).toEqual({ compared: EVENTS, wrong: [] });
    expect(book.counts).toMatchObject({ ...ALL_KNOWN, messages: EVENTS });
    expect(book.counts.crossed.messages + book.counts.locked.messages).toBe(0);
  });

  it("has unknown ids where the file starts later, those that rested then and nothing else", async () => {
    const [messages] = writtenDay();
    const lines = messages.trimEnd().split("\n");
    const [before, after] = [lines.slice(0, 1_000), lines.slice(1_000)];
    const path = join(folder, name("message").replace("34200000", "35200000"));
    await writeFile(path, `${after.join("\n")}\n`);
    const stream = (await lakeOf("lobsterLate", [path]))("orders");
    const book = await replayed(stream, { start: "empty" });
    const idOf = (line: string): string => line.split(",")[2] ?? "";
    const isAdd = (line: string): boolean => line.split(",")[1] === "1";
    const added = new Set(after.filter(isAdd).map(idOf));
    const early = (type: string): number =>
      after.filter((line) => line.split(",")[1] === type && !added.has(idOf(line))).length;
    expect(before.filter(isAdd).length).toBeGreaterThan(300);
    // A partial cancel of an order that nobody knows tells nothing of what is left: the loader skips it.
    expect(book.counts).toMatchObject({
      ...ALL_KNOWN,
      messages: after.length - early("2"),
      unknownCancels: early("3"),
      unknownExecutions: early("4"),
    });
    expect(Math.min(early("2"), early("3"), early("4"))).toBeGreaterThan(0);
  });
});

describe("a day of a seeded venue, as Databento writes it", () => {
  const DEPTH = 10;
  const LAST = 128;
  const NANOS = 1_000_000_000n;
  const MICRO = 1_000n;

  /** Records of an event by order: what traded, what was filled, and then what became of the orders. */
  function recordsOf(event: VenueEvent, common: Partial<Mbo>): readonly Buffer[] {
    const { order } = event;
    const own = {
      ...common,
      id: BigInt(order.id),
      side: order.side === BID ? "B" : "A",
      price: BigInt(order.price) * NANOS,
    };
    const last = { ...own, flags: LAST };
    if (event.kind === "trade") {
      const aggressor = { id: 0n, side: own.side === "B" ? "A" : "B" };
      return [
        mboBytes({ ...own, ...aggressor, action: "T", size: event.by }),
        mboBytes({ ...own, action: "F", size: event.by }),
        mboBytes({ ...last, action: "C", size: event.by }),
      ];
    }
    if (event.kind === "modify") {
      const price = BigInt(event.to.price) * NANOS;
      return [mboBytes({ ...last, action: "M", price, size: event.to.size })];
    }
    const size = event.kind === "reduce" ? event.by : order.size;
    return [mboBytes({ ...last, action: event.kind === "add" ? "A" : "C", size })];
  }

  it("has the levels of mbp-10 after every event of mbo, and its queues are the venue's", async () => {
    const venue = new SeededVenue(20_240_305);
    const orders = [mboBytes({ action: "R", flags: LAST, tsRecv: START })];
    const levels: Buffer[] = [];
    const dbnLevels = (side: 1 | -1): (readonly [bigint, number])[] =>
      venue
        .levels(side)
        .slice(0, DEPTH)
        .map(([price, size]) => [BigInt(price) * NANOS, size]);
    for (let sequence = 1; sequence <= EVENTS; sequence += 1) {
      const event = venue.next(true);
      const at = START + BigInt(sequence) * MICRO;
      const common = { tsEvent: at, tsRecv: at, sequence };
      orders.push(...recordsOf(event, common));
      levels.push(
        mbpBytes(
          { ...common, action: "M", flags: LAST, bids: dbnLevels(BID), asks: dbnLevels(ASK) },
          10,
        ),
      );
    }
    const paths = [join(folder, "day.mbo.dbn"), join(folder, "day.mbp-10.dbn")] as const;
    await writeFile(paths[0], dbnFile({}, orders));
    await writeFile(paths[1], dbnFile({ schema: 2 }, levels));
    const stream = await lakeOf("databentoDay", paths);
    const { result, onMessage } = comparedWith(await levelsByTime(stream("book"), DEPTH), DEPTH);
    const book = await replayed(stream("orders"), {}, (own, at) => {
      // The record that clears the book is no event of the other file.
      if (own.counts.messages > 1) onMessage(own, at);
    });
    expect(result).toEqual({ compared: EVENTS, wrong: [] });
    expect(book.counts).toMatchObject({ ...ALL_KNOWN, messages: EVENTS + 1, snapshots: 1 });
    const { tick, lot } = book.instrument;
    for (const side of [BID, ASK] as const) {
      for (const [price] of venue.levels(side)) {
        const queue = book.ordersAt(side, steps(String(price), tick));
        expect(queue.map(({ id, size }) => [id, size])).toEqual(
          venue.queue(side, price).map(({ id, size }) => [String(id), steps(String(size), lot)]),
        );
      }
    }
  });
});
