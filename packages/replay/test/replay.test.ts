import { micros, type Clock, type EventStream, type Micros } from "@aftershock/schema";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { replay, type OrderBook, type ReplayOptions } from "../src/index.ts";
import { streamOf, testInstrument, type Row } from "./batchOf.ts";
import { snapshot, update } from "./bookRows.ts";

const at = (time: number): Micros => micros(time);

/** A day in small: two books, trades and a ticker; times tie, venue clocks run back, one gap, one crossing. */
const BOOK = [
  ...update({ at: 1, id: 9, prev: 8, bids: [[90, 1]] }),
  ...snapshot({
    at: 2,
    id: 10,
    bids: [
      [99, 5],
      [98, 5],
    ],
    asks: [[101, 5]],
  }),
  ...update({ at: 3, id: 10, prev: 9, bids: [[98, 0]] }),
  ...update({
    at: 4,
    id: 12,
    prev: 9,
    bids: [[99, 4]],
    asks: [
      [102, 1],
      [150, 0],
    ],
  }),
  ...update({ at: 6, id: 14, prev: 12, bids: [[101, 2]] }),
  ...update({ at: 7, id: 15, prev: 14, bids: [[102, 2]] }),
  ...update({ at: 8, id: 20, prev: 18, bids: [[103, 2]] }),
  ...update({ at: 9, id: 21, prev: 20, bids: [[103, 0]] }),
  ...snapshot({ at: 11, id: 25, bids: [[70, 5]], asks: [[71, 5]] }),
  ...update({ at: 12, id: 26, prev: 25, asks: [[72, 3]] }),
];
const OTHER = [
  ...snapshot({ at: 3, bids: [[9, 1]], asks: [[10, 1]] }),
  ...update({ at: 6, bids: [[8, 1]] }),
  ...update({ at: 13, asks: [[11, 1]] }),
];
const TRADES: Row<"trades">[] = [2, 4, 3, 6, 6, 9, 12].map((tsEvent, index) => ({
  tsRecv: index * 2,
  tsEvent,
  tradeId: `t${index}`,
  side: index % 2 ? 1 : -1,
  price: 100 - index,
  size: 1 + index,
}));
const TICKERS: Row<"tickers">[] = [5, 6, 10].map((tsRecv) => ({ tsRecv, markPrice: 9.5 + tsRecv }));
const OTHER_INSTRUMENT = testInstrument({ symbol: "ETHUSDT" });

type Cuts = readonly (readonly number[])[];

const dayOf = (cuts: Cuts = []): EventStream[] => [
  streamOf("trades", TRADES, { cuts: cuts[0] ?? [] }),
  streamOf("book", BOOK, { cuts: cuts[1] ?? [] }),
  streamOf("book", OTHER, { instrument: OTHER_INSTRUMENT, cuts: cuts[2] ?? [] }),
  streamOf("tickers", TICKERS, { cuts: cuts[3] ?? [] }),
];

/** Everything that a study can hear of a replay, as text. */
async function heard(streams: readonly EventStream[], options: ReplayOptions = {}) {
  const log: string[] = [];
  const rows = (name: string) => (_: unknown, from: number, to: number, times: Float64Array) => {
    for (let row = from; row < to; row += 1) log.push(`${name} ${times[row]}`);
  };
  const result = await replay(streams, {
    ...options,
    handlers: {
      onBook: (book, time) => log.push(`book ${time} ${book.instrument.symbol} ${book.digest}`),
      on: { trades: rows("trade"), tickers: rows("ticker"), book: rows("row") },
    },
  });
  return { log, result };
}

describe("replay", () => {
  test("calls handlers in total order: the ticker before the book before the trade of one instant", async () => {
    const { log } = await heard(dayOf(), { from: at(6), to: at(7) });
    expect(log.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
      "ticker 6",
      "row 6",
      "book 6 BTCUSDT",
      "row 6",
      "book 6 ETHUSDT",
      "trade 6",
    ]);
  });

  test("says what it met", async () => {
    const result = await replay(dayOf());
    expect(result).toMatchObject({
      clock: "recv",
      events: BOOK.length + OTHER.length + TRADES.length + TICKERS.length,
      bookUpdates: BOOK.length + OTHER.length,
      trades: TRADES.length,
      warmUpEvents: 0,
      gaps: [{ instrument: "test:BTCUSDT", at: 8, updateId: 20, expected: 15, found: 18 }],
      crossedMessages: 1,
      lockedMessages: 1,
      unknownDeletes: 1,
      staleMessages: 1,
      from: 0,
      to: 13,
    });
    expect(
      result.streams.map(({ stream, instrument, events }) => [stream, instrument, events]),
    ).toEqual([
      ["trades", "test:BTCUSDT", TRADES.length],
      ["book", "test:BTCUSDT", BOOK.length],
      ["book", "test:ETHUSDT", OTHER.length],
      ["tickers", "test:BTCUSDT", TICKERS.length],
    ]);
    expect(result.streams[1]?.book).toMatchObject({
      snapshots: 2,
      skippedMessages: 2,
      rowsBeforeSnapshot: 1,
    });
  });

  test("lists the gaps of all books in order of time", async () => {
    const broken = (...times: readonly number[]) =>
      times.flatMap((time) => [
        ...snapshot({ at: time, id: 1 }),
        ...update({ at: time, id: 9, prev: 8 }),
      ]);
    const { gaps } = await replay([
      streamOf("book", broken(2, 7)),
      streamOf("book", broken(1, 2, 5), { instrument: OTHER_INSTRUMENT }),
    ]);
    expect(gaps.map(({ at: time, instrument }) => `${time} ${instrument}`)).toEqual([
      "1 test:ETHUSDT",
      "2 test:BTCUSDT",
      "2 test:ETHUSDT",
      "5 test:ETHUSDT",
      "7 test:BTCUSDT",
    ]);
  });

  test("counts where a clock ran back, by stream and by the clock of the replay", async () => {
    const regressions = async (clock: Clock) =>
      (await replay(dayOf(), { clock })).streams.map(({ clockRegressions }) => clockRegressions);
    expect(await regressions("event")).toEqual([1, 0, 0, 0]);
    expect(await regressions("recv")).toEqual([0, 0, 0, 0]);
  });

  test("says of each stream whether it was simulated", async () => {
    const { streams } = await replay([
      { ...streamOf("trades", TRADES), simulated: true },
      streamOf("gas", []),
    ]);
    expect(streams.map(({ simulated }) => simulated)).toEqual([true, false]);
  });

  test("reports progress once a batch at most, with the events so far", async () => {
    const seen: unknown[] = [];
    const trades = streamOf("trades", TRADES, { cuts: [3] });
    await replay([trades, streamOf("gas", [{ tsRecv: 3 }])], {
      onProgress: (progress) => seen.push(progress),
      handlers: { on: { trades: () => {}, gas: () => {} } },
    });
    expect(seen).toEqual([
      { events: 3, at: 3 },
      { events: 4, at: 4 },
      { events: 8, at: 12 },
    ]);
  });

  test("of nothing is nothing", async () => {
    const { events, from, to, gaps } = await replay([]);
    expect({ events, from, to, gaps }).toEqual({
      events: 0,
      from: undefined,
      to: undefined,
      gaps: [],
    });
  });
});

describe("the state hash", () => {
  const cuts = fc.array(fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 6 }), {
    minLength: 4,
    maxLength: 4,
  });
  const clock = fc.constantFrom<Clock>("recv", "event");

  test("and everything heard do not depend on how rows are cut into batches", async () => {
    await fc.assert(
      fc.asyncProperty(cuts, clock, async (some, byClock) => {
        const whole = await heard(dayOf(), { clock: byClock });
        expect(await heard(dayOf(some), { clock: byClock })).toEqual(whole);
      }),
    );
  });

  test("does not depend on the order of the streams, nor on who listens", async () => {
    const { stateHash } = await replay(dayOf());
    expect((await replay(dayOf().toReversed())).stateHash).toBe(stateHash);
    expect((await heard(dayOf())).result.stateHash).toBe(stateHash);
    const interval = { every: 3, onEnd: () => {} };
    expect((await replay(dayOf(), { handlers: { interval } })).stateHash).toBe(stateHash);
  });

  test("changes with any one value of any one row", async () => {
    const { stateHash } = await replay(dayOf());
    const seen = new Set([stateHash]);
    const changed = async (streams: EventStream[]) => {
      const { stateHash: hash } = await replay(streams);
      expect(seen).not.toContain(hash);
      seen.add(hash);
    };
    for (const column of ["tsRecv", "tsEvent", "side", "price", "size"] as const) {
      const rows = TRADES.map((row, index) =>
        index === 3 ? { ...row, [column]: (row[column] ?? 0) + 1 } : row,
      );
      await changed([streamOf("trades", rows), ...dayOf().slice(1)]);
    }
    const renamed = TRADES.map((row, index) => (index === 3 ? { ...row, tradeId: "x" } : row));
    await changed([streamOf("trades", renamed), ...dayOf().slice(1)]);
    const deeper = [...BOOK, ...update({ at: 12, id: 27, prev: 26, bids: [[1, 1]] })];
    await changed([streamOf("book", deeper), ...dayOf().filter((_, index) => index !== 1)]);
  });

  test("holds levels away from the touch: two books that differ deep down hash differently", async () => {
    const hash = async (size: number) =>
      (
        await replay([
          streamOf(
            "book",
            snapshot({
              bids: [
                [9, 1],
                [2, size],
              ],
              asks: [[10, 1]],
            }),
          ),
        ])
      ).stateHash;
    expect(await hash(1)).not.toBe(await hash(2));
  });

  test("holds what the book was on the way, though it ends the same", async () => {
    const hash = async (...messages: readonly (readonly Row<"book">[])[]) =>
      (await replay([streamOf("book", messages.flat())])).stateHash;
    const [first, last] = [
      snapshot({ at: 1, bids: [[9, 1]] }),
      snapshot({ at: 3, bids: [[9, 1]] }),
    ];
    const through = (price: number, size: number) =>
      hash(first, update({ at: 2, bids: [[price, size]] }), last);
    const all = [await through(9, 2), await through(9, 3), await through(10, 2)];
    expect(new Set(all).size).toBe(3);
    // Not valid, and valid without levels.
    expect(await hash(update({ at: 1 }), last)).not.toBe(await hash(snapshot({ at: 1 }), last));
  });

  test("differs between clocks, also where they give the same order", async () => {
    const trades = [streamOf("trades", TRADES)];
    const [recv, event] = [await replay(trades), await replay(trades, { clock: "event" })];
    expect(recv.stateHash).not.toBe(event.stateHash);
  });

  test("differs between grids: the same ticks are other prices", async () => {
    const hash = async (decimals: number) => {
      const instrument = testInstrument({ tick: { mantissa: 1, decimals } });
      return (await replay([streamOf("trades", TRADES, { instrument })])).stateHash;
    };
    expect(await hash(1)).not.toBe(await hash(2));
  });
});

describe("a window", () => {
  test("warms books up silently: the second half heard alone is the second half of the whole", async () => {
    for (const clock of ["recv", "event"] as const) {
      const whole = await heard(dayOf(), { clock });
      for (let cut = 1; cut <= 13; cut += 1) {
        const first = await heard(dayOf(), { clock, to: at(cut) });
        const second = await heard(dayOf(), { clock, from: at(cut) });
        expect([...first.log, ...second.log]).toEqual(whole.log);
        expect(first.result.events + second.result.events).toBe(whole.result.events);
        expect([...first.result.gaps, ...second.result.gaps]).toEqual(whole.result.gaps);
        for (const count of [
          "unknownDeletes",
          "crossedMessages",
          "lockedMessages",
          "staleMessages",
        ] as const) {
          expect(first.result[count] + second.result[count]).toBe(whole.result[count]);
        }
      }
    }
  });

  test("gives the same whoever listens and however rows are cut, several books or one", async () => {
    const rows = fc.array(
      fc.record({
        step: fc.integer({ min: 0, max: 4 }),
        price: fc.integer({ min: 95, max: 105 }),
        size: fc.integer({ min: 0, max: 2 }),
        side: fc.constantFrom(1, -1),
      }),
      { minLength: 1, maxLength: 25 },
    );
    const cuts = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 6 });
    const world = fc.tuple(rows, rows, rows, fc.integer({ min: 0, max: 40 }), cuts, cuts, cuts);
    const timed = (own: typeof rows extends fc.Arbitrary<infer R> ? R : never): Row<"book">[] => {
      let now = 0;
      return own.map(({ step, ...level }, nth) => {
        now += step;
        return { ...level, tsRecv: now, flags: nth === 0 ? 7 : 4 };
      });
    };
    await fc.assert(
      fc.asyncProperty(world, async ([a, b, c, from, ...parts]) => {
        const streams = (cut: readonly (readonly number[])[]): EventStream[] => [
          streamOf("book", timed(a), { cuts: cut[0] ?? [] }),
          streamOf("book", timed(b), { instrument: OTHER_INSTRUMENT, cuts: cut[1] ?? [] }),
          streamOf("trades", timed(c), { cuts: cut[2] ?? [] }),
        ];
        const options = { from: at(from) };
        const whole = await replay(streams([]), {
          ...options,
          handlers: { onBook: () => {}, on: { trades: () => {}, book: () => {} } },
        });
        const handlers: ReplayOptions["handlers"][] = [
          undefined,
          { on: { trades: () => {} } },
          { onBook: () => {}, wake: "touch" },
          { interval: { every: 3, onEnd: () => {} } },
        ];
        for (const own of handlers) {
          const listening = own === undefined ? options : { ...options, handlers: own };
          expect(await replay(streams(parts), listening)).toEqual(whole);
          expect((await replay(streams(parts).toReversed(), listening)).stateHash).toBe(
            whole.stateHash,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  test("without an instant is refused", async () => {
    const window = { from: at(9), to: at(9) };
    await expect(replay(dayOf(), window)).rejects.toThrow("holds no instant");
  });

  test("counts what warmed it up apart, and only rows of books", async () => {
    const { warmUpEvents, events, from, bookUpdates } = await replay(dayOf(), { from: at(6) });
    const isBefore = ({ tsRecv }: { tsRecv?: number }) => tsRecv! < 6;
    const before = [...BOOK, ...OTHER].filter(isBefore).length;
    expect({ warmUpEvents, from }).toEqual({ warmUpEvents: before, from: 6 });
    expect(bookUpdates).toBe(BOOK.length + OTHER.length - before);
    expect(events).toBe(bookUpdates + TRADES.filter((row) => !isBefore(row)).length + 2);
  });

  test("past the last event has no events and no counts", async () => {
    const { events, gaps, from, warmUpEvents, streams } = await replay(dayOf(), { from: at(100) });
    expect({ events, gaps, from, warmUpEvents }).toEqual({
      events: 0,
      gaps: [],
      from: undefined,
      warmUpEvents: BOOK.length + OTHER.length,
    });
    expect(streams[1]?.book?.messages).toBe(0);
  });

  test("that cuts a message in two by the venue's clock leaves the message whole", async () => {
    const split = [
      ...snapshot({ at: 1, bids: [[5, 1]], asks: [[9, 1]] }),
      ...update({
        at: 3,
        bids: [
          [6, 1],
          [7, 1],
        ],
      }).map((row, index) => ({ ...row, tsEvent: 2 + 2 * index })),
    ];
    const ends: unknown[] = [];
    const onBook = (book: OrderBook, time: Micros) =>
      ends.push([time, book.bids().map(({ price }) => price)]);
    await replay([streamOf("book", split)], { clock: "event", from: at(3), handlers: { onBook } });
    expect(ends).toEqual([[4, [7, 6, 5]]]);
  });
});

describe("a timer", () => {
  const times = [1, 2, 5, 19, 20].map((tsRecv) => ({ tsRecv, size: 1 }));
  const rung = async (first: number, next: (rang: number) => number | undefined) => {
    const log: string[] = [];
    const trades = (_: unknown, from: number, to: number, all: Float64Array) =>
      log.push(...Array.from(all.subarray(from, to), String));
    const onTime = (rang: number) => {
      log.push(`ring ${rang}`);
      const then = next(rang);
      return then === undefined ? undefined : micros(then);
    };
    const timer = { first: micros(first), onTime };
    await replay([streamOf("trades", times)], { handlers: { on: { trades }, timer } });
    return log;
  };

  test("rings after every event before its time and before every other, as often as it is wound", async () => {
    expect(await rung(2, (rang) => rang * 3)).toEqual([
      "1",
      "ring 2",
      "2",
      "5",
      "ring 6",
      "ring 18",
      "19",
      "20",
    ]);
    expect(await rung(0, () => undefined)).toEqual(["ring 0", "1", "2", "5", "19", "20"]);
    expect(await rung(21, () => undefined)).toEqual(["1", "2", "5", "19", "20"]);
  });

  test("needs a time to ring first", async () => {
    await expect(rung(Number.NaN, () => undefined)).rejects.toThrow("rings first at NaN");
  });

  test("cannot be wound to where it stands", async () => {
    await expect(rung(2, (rang) => rang)).rejects.toThrow("which is not after it");
  });

  test("changes nothing of the replay", async () => {
    const timer = { first: micros(0), onTime: (rang: number) => micros(rang + 1) };
    const { stateHash } = await replay(dayOf());
    expect((await replay(dayOf(), { handlers: { timer } })).stateHash).toBe(stateHash);
  });
});

describe("intervals", () => {
  test("end after every event before their end and before every other, none left out", async () => {
    const log: string[] = [];
    await replay(
      [
        streamOf(
          "trades",
          [1, 2, 5, 19, 20].map((tsRecv) => ({ tsRecv, size: 1 })),
        ),
      ],
      {
        handlers: {
          on: {
            trades: (_, from, to, times) =>
              log.push(...Array.from(times.subarray(from, to), String)),
          },
          interval: { every: 5, onEnd: (start) => log.push(`[${start},${start + 5})`) },
        },
      },
    );
    expect(log).toEqual([
      "1",
      "2",
      "[0,5)",
      "5",
      "[5,10)",
      "[10,15)",
      "19",
      "[15,20)",
      "20",
      "[20,25)",
    ]);
  });

  test("show the books as they are at the end of the interval", async () => {
    const seen: unknown[] = [];
    const onEnd = (start: Micros, books: readonly OrderBook[]) =>
      seen.push([
        start,
        ...books.map(({ valid, bestBid }) => (valid ? bestBid?.price : "invalid")),
      ]);
    await replay(dayOf(), { handlers: { interval: { every: 4, onEnd } } });
    expect(seen).toEqual([
      [0, 99, 9],
      [4, 102, 9],
      [8, 70, 9],
      [12, 70, 9],
    ]);
  });

  test("are refused when their length is impossible, and never end without an event", async () => {
    const ends: number[] = [];
    const withEvery = (every: number) =>
      replay([], { handlers: { interval: { every, onEnd: (start) => ends.push(start) } } });
    for (const every of [0, -1, 1.5, NaN])
      await expect(withEvery(every)).rejects.toThrow(`An interval of ${every} µs`);
    await withEvery(1);
    expect(ends).toEqual([]);
  });
});
