import { replay } from "@aftershock/replay";
import {
  ASK,
  BID,
  BUY,
  type EventStream,
  MESSAGE_END,
  METHOD_ADL,
  METHOD_BACKSTOP,
  METHOD_MARKET,
  PRICE_BANKRUPTCY,
  PRICE_FILL,
  SELL,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  firstOpenInterest,
  type ForcedPrint,
  PRICE_COLUMNS,
  RecordColumns,
  RecordedDay,
  type RecordedDayOptions,
  type RecordedStep,
  type RecordSummary,
  type StepFlow,
} from "../../src/index.ts";
import { PERPETUAL } from "../counterfactual/world.ts";
import { type Row, streamOf } from "./streams.ts";

/** 2001-01-01T12:00:00Z, µs: a whole number of steps and seconds. */
const T = 978_350_400_000_000;
const MS = 1_000;

/** A snapshot of one level a side, with more on the bids at 24 and 26 basis points below 100,000 ticks. */
const BOOK: readonly Row[] = [
  { at: T + 10 * MS, side: BID, price: 99_990, size: 2_000, flags: SNAPSHOT_START | SNAPSHOT },
  { at: T + 10 * MS, side: BID, price: 99_760, size: 500, flags: SNAPSHOT },
  { at: T + 10 * MS, side: BID, price: 99_740, size: 9_000, flags: SNAPSHOT },
  { at: T + 10 * MS, side: ASK, price: 100_010, size: 3_000, flags: SNAPSHOT | MESSAGE_END },
];
const TICKERS: readonly Row[] = [
  { at: T + 20 * MS, markPrice: 10_001, indexPrice: 10_002, openInterest: 50 },
  { at: T + 220 * MS, markPrice: 9_990, indexPrice: 9_991, openInterest: 49 },
];
const TRADES: readonly Row[] = [
  { at: T + 110 * MS, side: BUY, price: 100_010, size: 100 },
  { at: T + 120 * MS, side: SELL, price: 99_990, size: 300 },
  { at: T + 130 * MS, side: 0, price: 99_990, size: 50 },
];
const print = (at: number, terms: Partial<Row> = {}): Row => ({
  at,
  side: SELL,
  price: 99_000,
  size: 300,
  method: METHOD_MARKET,
  priceKind: PRICE_FILL,
  ...terms,
});

interface Taken {
  readonly steps: readonly RecordedStep[];
  readonly flows: readonly StepFlow[];
  readonly touches: readonly (readonly [number, number, number])[];
  readonly prints: readonly ForcedPrint[];
  readonly summary: RecordSummary;
}

async function take(
  streams: readonly EventStream[],
  options: Partial<RecordedDayOptions> = {},
): Promise<Taken> {
  const steps: RecordedStep[] = [];
  const flows: StepFlow[] = [];
  const touches: (readonly [number, number, number])[] = [];
  const prints: ForcedPrint[] = [];
  const day = new RecordedDay(streams, {
    instrument: PERPETUAL.id,
    onStep: (step, flow) => {
      steps.push(step);
      flows.push(flow);
    },
    onTouch: (bid, ask, at) => touches.push([bid, ask, at]),
    onPrint: (one) => prints.push(one),
    ...options,
  });
  await replay(streams, { handlers: day.handlers });
  return { steps, flows, touches, prints, summary: day.summary };
}

const book = (rows = BOOK): EventStream => streamOf("book", PERPETUAL, rows);
const tickers = (rows = TICKERS): EventStream => streamOf("tickers", PERPETUAL, rows);
const trades = (rows = TRADES): EventStream => streamOf("trades", PERPETUAL, rows);
const liquidations = (rows: readonly Row[]): EventStream =>
  streamOf("liquidations", PERPETUAL, rows);

describe("the record of a day", () => {
  it("is even steps of best prices, mark, index, depth within the band and what was traded", async () => {
    const { steps, flows, touches, summary } = await take([book(), trades(), tickers()]);
    expect(steps.map(({ at }) => at)).toEqual([T + 100 * MS, T + 200 * MS, T + 300 * MS]);
    expect(steps[0]).toEqual({
      at: T + 100 * MS,
      bid: 99_990,
      ask: 100_010,
      mark: 10_001,
      index: 10_002,
      // 2.5 and 3 coins at 10,000: the level at 26 basis points is outside.
      bidDepth: 25_000,
      askDepth: 30_000,
    });
    expect(steps[2]).toMatchObject({ mark: 9_990, index: 9_991 });
    expect(flows[1]?.bought).toBeCloseTo(1_000.1, 9);
    expect(flows[1]?.sold).toBeCloseTo(2_999.7, 9);
    expect(flows[1]?.taken).toBeCloseTo(-1_999.6, 9);
    expect(flows[1]?.traded).toBeCloseTo(4_499.75, 9);
    expect(flows[1]?.openInterest).toBe(50);
    expect(touches).toEqual([[99_990, 100_010, T + 10 * MS]]);
    expect(summary).toMatchObject({
      steps: 3,
      from: T,
      to: T + 300 * MS,
      gaps: [],
      prices: "book",
      depth: "band",
      prints: undefined,
    });
    expect(summary.unsided).toBeCloseTo(499.95, 9);
  });

  it("tells the best prices after the step that ends before them", async () => {
    const order: string[] = [];
    const rows = [
      ...BOOK,
      { at: T + 100 * MS, side: BID, price: 99_995, size: 10, flags: MESSAGE_END },
      { at: T + 150 * MS, side: BID, price: 99_996, size: 10, flags: MESSAGE_END },
    ];
    await take([book(rows), tickers()], {
      onStep: ({ at, bid }) => void order.push(`step ${(at - T) / MS} ${bid}`),
      onTouch: (bid, _, at) => void order.push(`touch ${(at - T) / MS} ${bid}`),
    });
    expect(order).toEqual([
      "touch 10 99990",
      "step 100 99990",
      "touch 100 99995",
      "touch 150 99996",
      "step 200 99996",
      "step 300 99996",
    ]);
  });

  it("leaves out and reports steps without prices, with crossed ones, without a mark, or after silence", async () => {
    const rows = [
      ...BOOK,
      { at: T + 110 * MS, side: BID, price: 100_020, size: 10, flags: MESSAGE_END },
      { at: T + 210 * MS, side: BID, price: 100_020, size: 0, flags: MESSAGE_END },
    ].map((row) => ({ ...row, at: row.at + 200 * MS }));
    const late = TICKERS.slice(0, 1).map((row) => ({ ...row, at: T + 250 * MS }));
    const { steps, summary } = await take(
      [
        book(rows),
        tickers([...late, { at: T + 990 * MS, indexPrice: 1 }]),
        trades([{ at: T, side: BUY, price: 1, size: 1 }]),
      ],
      { mostAgeMicros: 400 * MS },
    );
    expect(steps.map(({ at }) => (at - T) / MS)).toEqual([300, 500, 600]);
    expect(
      summary.gaps.map(({ from, to, steps: n, reason }) => [
        (from - T) / MS,
        (to - T) / MS,
        n,
        reason,
      ]),
    ).toEqual([
      [0, 200, 2, "noPrices"],
      [300, 400, 1, "crossed"],
      [600, 800, 2, "noMark"],
      [800, 1_000, 2, "silent"],
    ]);
  });

  it("takes best prices from quotes, or from trades alone, with a proxy of depth that is named as such", async () => {
    const quotes = streamOf("quotes", PERPETUAL, [
      { at: T + 10 * MS, bidPrice: 99_990, bidSize: 2_000, askPrice: 100_010, askSize: 3_000 },
    ]);
    const quoted = await take([quotes, tickers()]);
    expect(quoted.summary).toMatchObject({ prices: "quotes", depth: "proxy" });
    expect(quoted.steps[0]).toMatchObject({ bid: 99_990, ask: 100_010 });
    expect(quoted.steps[0]?.bidDepth).toBeCloseTo(19_998, 9);
    expect(quoted.steps[0]?.askDepth).toBeCloseTo(30_003, 9);
    const traded = await take([trades(), tickers()]);
    expect(traded.summary.prices).toBe("trades");
    expect(traded.steps.map(({ bid, ask }) => [bid, ask])).toEqual([
      [99_990, 99_991],
      [99_990, 99_991],
    ]);
    expect(traded.touches.slice(0, 2)).toEqual([
      [100_009, 100_010, T + 110 * MS],
      [99_990, 99_991, T + 120 * MS],
    ]);
  });

  it("takes half of what a minute usually trades for the depth of a side, of minutes that are over", async () => {
    const minute = 60_000 * MS;
    const rows = [1, 2, 3].flatMap((n) => [
      { at: T + n * minute, side: BUY, price: 100_000, size: 1_000 * n },
    ]);
    const { steps } = await take([trades(rows)], {
      standIns: { mark: "mid", index: "mark" },
      mostAgeMicros: 2 * minute,
    });
    const depthAt = (at: number): number | undefined =>
      steps.find((step) => step.at === at)?.bidDepth;
    expect(depthAt(T + minute + 200 * MS)).toBe(0);
    expect(depthAt(T + 2 * minute)).toBeCloseTo(5_000, 6);
    expect(depthAt(T + 3 * minute)).toBeCloseTo(7_500, 6);
  });

  it("lets stand in what it was told to, and counts it", async () => {
    const { steps, summary } = await take(
      [book(), tickers([{ at: T + 250 * MS, markPrice: 9_999 }])],
      {
        standIns: { mark: "mid", index: "mark" },
      },
    );
    expect(steps.map(({ mark, index }) => [mark, index])).toEqual([
      [10_000, 10_000],
      [10_000, 10_000],
      [9_999, 9_999],
    ]);
    expect(summary.standIns).toEqual({ mark: 2, index: 3 });
  });

  it("takes prints that went to the book for flow, at the mid where they do not give the price of a fill", async () => {
    const { flows, prints, summary } = await take([
      book(),
      tickers(),
      liquidations([
        print(T + 110 * MS),
        print(T + 120 * MS, { priceKind: PRICE_BANKRUPTCY, price: 90_000 }),
        print(T + 130 * MS, { side: BUY, size: 100, price: 100_000 }),
        print(T + 140 * MS, { method: METHOD_ADL }),
        print(T + 150 * MS, { method: METHOD_BACKSTOP, account: "0xab" }),
        print(T + 160 * MS, { side: 0 }),
      ]),
    ]);
    // −0.3 at 9,900, −0.3 at the mid of 10,000 and not at the 9,000 of a bankruptcy, +0.1 at 10,000.
    expect(flows[1]?.printed).toBeCloseTo(-2_970 - 3_000 + 1_000, 9);
    expect(prints.map(({ method, account }) => [method, account])).toEqual([
      ["market", undefined],
      ["market", undefined],
      ["market", undefined],
      ["adl", undefined],
      ["backstop", "0xab"],
    ]);
    expect(summary.prints?.market).toMatchObject({ prints: 3, bought: 1_000 });
    expect(summary.prints?.adl).toEqual({ prints: 1, sold: 2_970, bought: 0 });
    expect(summary.prints?.backstop).toEqual({ prints: 1, sold: 2_970, bought: 0 });
  });

  it("refuses streams that tell no prices or no mark, and steps that are none", () => {
    const make = (streams: readonly EventStream[], stepMicros?: number): RecordedDay =>
      new RecordedDay(streams, {
        instrument: PERPETUAL.id,
        ...(stepMicros === undefined ? {} : { stepMicros }),
      });
    expect(() => make([tickers()])).toThrow(/Nothing tells the prices of v:BTCUSDT/);
    expect(() => make([book()])).toThrow(/no tickers: its mark is not known/);
    expect(() => make([book(), tickers()], 0.5)).toThrow(/step of 0.5 µs/);
  });

  it("is the same however its streams are cut into batches", async () => {
    const rows = Array.from({ length: 40 }, (_, i) =>
      print(T + (50 + i * 17) * MS, { size: i + 1 }),
    );
    const whole = await take([book(), tickers(), trades(), liquidations(rows)]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 7 }), async (size) => {
        const cut = [
          streamOf("book", PERPETUAL, BOOK, size),
          streamOf("tickers", PERPETUAL, TICKERS, size),
          streamOf("trades", PERPETUAL, TRADES, size),
          streamOf("liquidations", PERPETUAL, rows, size),
        ];
        expect(await take(cut)).toEqual(whole);
      }),
      { numRuns: 7 },
    );
  });

  it("is kept in columns of any length", async () => {
    const columns = new RecordColumns();
    const minutes = 3;
    const more = Array.from({ length: 60 * minutes }, (_, i) => ({
      at: T + (i + 1) * 1_000 * MS,
      markPrice: 10_000 + i,
      indexPrice: 10_000,
    }));
    const { steps } = await take([book(), tickers([...TICKERS, ...more])], {
      onStep: (step, flow) => columns.take(step, flow),
      mostAgeMicros: 3_600_000 * MS,
    });
    expect(steps).toEqual([]);
    expect(columns.length).toBe(600 * minutes + 1);
    expect(columns.column("at")).toHaveLength(columns.length);
    expect(columns.column("mark").at(-1)).toBe(10_000 + more.length - 1);
    expect(columns.column("mid")[0]).toBe(100_000);
    // 50 coins at 10,000.
    expect(firstOpenInterest(columns, PERPETUAL)).toBeCloseTo(500_000, 6);
    expect(firstOpenInterest(new RecordColumns(), PERPETUAL)).toBeUndefined();
  });

  it("is kept in those columns alone that are asked for", async () => {
    const [all, prices] = [new RecordColumns(), new RecordColumns(PRICE_COLUMNS)];
    await take([book(), tickers(TICKERS)], {
      onStep: (step, flow) => {
        all.take(step, flow);
        prices.take(step, flow);
      },
      mostAgeMicros: 3_600_000 * MS,
    });
    expect(all.length).toBeGreaterThan(0);
    for (const name of PRICE_COLUMNS) expect(prices.column(name)).toEqual(all.column(name));
    expect(() => prices.column("sold")).toThrow(/without sold/);
  });
});
