import { BUY, SELL, micros, type EventStream, type Instrument } from "@aftershock/schema";
import { describe, expect, it, test } from "vitest";
import { replay, type ReplayHandlers } from "../../src/index.ts";
import { ConstantLatency } from "../../src/venue/constantLatency.ts";
import { NO_FEES } from "../../src/venue/feeModel.ts";
import { FeedLatency } from "../../src/venue/feedLatency.ts";
import type { OrderUpdate } from "../../src/venue/orderUpdate.ts";
import { StudyVenue, type StudyVenueOptions } from "../../src/venue/studyVenue.ts";
import { venueHandlers } from "../../src/venue/venueHandlers.ts";
import { streamOf, type Row } from "../batchOf.ts";
import { snapshot, update } from "../bookRows.ts";
import { plainInstrument } from "./testDesk.ts";

const instrument = plainInstrument();

const BOOK: readonly Row<"book">[] = [
  ...snapshot({
    at: 100,
    bids: [
      [99, 5],
      [98, 5],
    ],
    asks: [
      [101, 5],
      [102, 5],
    ],
  }),
  ...update({ at: 200, bids: [[97, 1]] }),
  ...update({ at: 300, asks: [[101, 0]] }),
  ...update({
    at: 400,
    asks: [
      [102, 2],
      [103, 9],
    ],
  }),
];
const TRADES: readonly Row<"trades">[] = [
  { tsRecv: 150, tsEvent: 140, side: SELL, price: 99, size: 5 },
  { tsRecv: 350, tsEvent: 290, side: SELL, price: 99, size: 2 },
  { tsRecv: 350, tsEvent: 290, side: SELL, price: 98, size: 1 },
];

interface Study {
  readonly options?: Partial<StudyVenueOptions>;
  readonly cuts?: readonly number[];
  readonly more?: readonly EventStream[];
  readonly act: (venue: StudyVenue) => ReplayHandlers;
}

async function run({ options = {}, cuts = [], more = [], act }: Study) {
  const heard: OrderUpdate[] = [];
  const venue = new StudyVenue({
    instrument,
    latency: new ConstantLatency({ orderMicros: 50, responseMicros: 30 }),
    fees: NO_FEES,
    onUpdate: (one) => heard.push(one),
    ...options,
  });
  const streams = [
    streamOf("book", BOOK, { instrument, cuts }),
    streamOf("trades", TRADES, { instrument, cuts }),
    ...more,
  ];
  const result = await replay(streams, { handlers: venueHandlers([venue], act(venue)) });
  venue.finish(10_000);
  return { heard, result, venue };
}

/** Sends one order at the first message end. */
const onFirstBook =
  (order: Parameters<StudyVenue["submit"]>[0]) =>
  (venue: StudyVenue): ReplayHandlers => ({
    onBook: (_book, at) => {
      if (at === micros(100)) venue.submit(order, at);
    },
  });

const fillsOf = (heard: readonly OrderUpdate[]) =>
  heard.flatMap((one) => (one.kind === "filled" ? [[one.at, one.price, one.size]] : []));

describe("in a replay", () => {
  it("an order meets the book before the message that comes after its arrival", async () => {
    const { heard } = await run({ act: onFirstBook({ id: "a", side: BUY, size: 7 }) });
    expect(fillsOf(heard)).toEqual([
      [150, 101, 5],
      [150, 102, 2],
    ]);
    expect(heard.at(-1)?.heardAt).toBe(180);
  });

  it("trades fill resting orders, in the order of the recording", async () => {
    const { heard } = await run({ act: onFirstBook({ id: "a", side: BUY, size: 3, price: 99 }) });
    // The trade of 150 comes before the order, which then has nothing ahead.
    expect(fillsOf(heard)).toEqual([
      [350, 99, 2],
      [350, 99, 1],
    ]);
  });

  it.each([[[1]], [[2, 1]], [[1, 1, 1, 1]], [[3, 3]]])(
    "batches cut at %j change nothing, and venues change nothing of the replay",
    async (cuts) => {
      const act = onFirstBook({ id: "a", side: BUY, size: 6, price: 100 });
      const whole = await run({ act });
      const cut = await run({ act, cuts });
      expect(cut.heard).toEqual(whole.heard);
      const plain = await replay([
        streamOf("book", BOOK, { instrument }),
        streamOf("trades", TRADES, { instrument }),
      ]);
      expect(cut.result.stateHash).toBe(plain.stateHash);
    },
  );

  it("the study hears of a trade's fills at their time, between the rows that it subscribes to", async () => {
    const order: string[] = [];
    await run({
      options: {
        latency: new ConstantLatency({ orderMicros: 50, responseMicros: 0 }),
        onUpdate: ({ kind, at }) => order.push(`${kind} ${at}`),
      },
      act: (venue) => ({
        onBook: (book, at) => {
          order.push(`book ${at}`);
          if (at === micros(100)) venue.submit({ id: "a", side: BUY, size: 3, price: 99 }, at);
        },
        on: {
          trades: (batch, from, to, times) => {
            for (let row = from; row < to; row += 1) {
              order.push(`trade ${times[row]} ${batch.columns.price[row]}`);
            }
          },
        },
      }),
    });
    expect(order).toEqual([
      "book 100",
      "trade 150 99",
      "accepted 150",
      "book 200",
      "book 300",
      "trade 350 99",
      "trade 350 98",
      "filled 350",
      "filled 350",
      "book 400",
    ]);
  });

  it("a study may be woken by the touch only, and its venue still sees every message", async () => {
    const woken: number[] = [];
    const { heard } = await run({
      act: (venue) => ({
        wake: "touch",
        onBook: (_book, at) => {
          woken.push(at);
          if (at === micros(300)) venue.submit({ id: "a", side: BUY, size: 99, price: 103 }, at);
        },
      }),
    });
    expect(woken).toEqual([100, 300]);
    // At 350 the book still has 5 at 102; the message of 400, which moves no best price, brings 9 at 103.
    expect(fillsOf(heard)).toEqual([
      [350, 102, 5],
      [400, 103, 9],
    ]);
  });

  it.each([
    [
      "touch",
      [
        [100, 99, 101],
        [300, 99, 102],
      ],
    ],
    [
      "message",
      [
        [100, 99, 101],
        [200, 99, 101],
        [300, 99, 102],
        [400, 99, 102],
      ],
    ],
  ] as const)(
    "a study hears best prices alone at each %s, and a timer of its own",
    async (wake, expected) => {
      const touches: number[][] = [];
      const rung: number[] = [];
      const { heard } = await run({
        act: (venue) => ({
          wake,
          onTouch: (bid, ask, at) => touches.push([at, bid, ask]),
          timer: {
            first: micros(320),
            onTime: (at, [book]) => {
              rung.push(at, book?.bidSide.bestPrice ?? 0);
              venue.submit({ id: "a", side: BUY, size: 1, price: 103 }, at);
              return undefined;
            },
          },
        }),
      });
      expect(touches).toEqual(expected);
      expect(rung).toEqual([320, 99]);
      expect(fillsOf(heard)).toEqual([[370, 102, 1]]);
    },
  );

  it("marks of tickers trigger stops, and a ticker without one does not", async () => {
    const tickers = streamOf(
      "tickers",
      [
        { tsRecv: 210, tsEvent: 210 },
        { tsRecv: 220, tsEvent: 220, markPrice: 95 },
      ],
      { instrument },
    );
    const stop = { kind: "stop", trigger: "mark", price: 95 } as const;
    const { heard } = await run({
      more: [tickers],
      act: onFirstBook({ id: "s", side: SELL, size: 1, stop }),
    });
    expect(heard.map(({ kind, at }) => [kind, at])).toEqual([
      ["accepted", 150],
      ["triggered", 220],
      ["filled", 220],
    ]);
  });

  it("the feed's latency is measured by the rows of the venue's instrument", async () => {
    const latency = new FeedLatency({
      order: { factor: 1 },
      response: { factor: 0 },
      initial: { orderMicros: 1, responseMicros: 0 },
    });
    const { heard } = await run({
      options: { latency },
      act: (venue) => ({
        on: {
          trades: (_batch, from, _to, times) =>
            venue.submit({ id: `t${from}`, side: BUY, size: 1, price: 90 }, times[from] ?? NaN),
        },
      }),
    });
    // The trades came 10 and 60 µs late.
    expect(heard.map(({ orderId, at }) => [orderId, at])).toEqual([
      ["t0", 160],
      ["t1", 410],
      ["t2", 410],
    ]);
  });

  it("what is due in an interval has happened when it ends", async () => {
    const seen: [number, number][] = [];
    await run({
      act: (venue) => ({
        ...onFirstBook({ id: "a", side: BUY, size: 1 })(venue),
        interval: { every: 160, onEnd: (start) => seen.push([start, venue.account.position]) },
      }),
    });
    expect(seen).toEqual([
      [0, 1],
      [160, 1],
      [320, 1],
    ]);
  });
});

test("what happens at several venues is heard in one order of time, and a study may answer at another venue", async () => {
  const heard: string[] = [];
  const other: Instrument = plainInstrument({ symbol: "ETHUSDT" });
  const venueOf = (own: Instrument, responseMicros: number): StudyVenue =>
    new StudyVenue({
      instrument: own,
      latency: new ConstantLatency({ orderMicros: 10, responseMicros }),
      fees: NO_FEES,
      onUpdate: ({ orderId, kind, heardAt }) => {
        heard.push(`${orderId} ${kind} ${heardAt}`);
        if (kind === "filled" && orderId === "slow")
          fast.submit({ id: "hedge", side: SELL, size: 1 }, heardAt);
      },
    });
  const slow = venueOf(instrument, 40);
  const fast = venueOf(other, 5);
  const act: ReplayHandlers = {
    onBook: (book, at) => {
      if (at !== micros(100) || book.instrument.id !== other.id) return;
      slow.submit({ id: "slow", side: BUY, size: 1 }, at);
      fast.submit({ id: "fast", side: BUY, size: 1 }, at);
    },
  };
  await replay(
    [streamOf("book", BOOK, { instrument }), streamOf("book", BOOK, { instrument: other })],
    { handlers: venueHandlers([slow, fast], act) },
  );
  expect(heard).toEqual([
    "fast accepted 115",
    "fast filled 115",
    "slow accepted 150",
    "slow filled 150",
    "hedge accepted 165",
    "hedge filled 165",
  ]);
});
