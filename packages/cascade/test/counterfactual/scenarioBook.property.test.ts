import { FastL2Book, L2Book, quoteSize, type SideReads } from "@aftershock/replay";
import {
  ASK,
  type Batch,
  BID,
  columnsOf,
  type ColumnsOf,
  MESSAGE_END,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answeredAsk, answeredBid, forcedBeyond } from "../../src/counterfactual/pathAnswer.ts";
import { ScenarioBook } from "../../src/counterfactual/scenarioBook.ts";
import { PERPETUAL as INSTRUMENT } from "./world.ts";

type Levels = readonly (readonly [price: number, size: number])[];

const MID = 1_000;
/** Levels of a side by their distance from the mid. */
const side = (sign: 1 | -1): fc.Arbitrary<Levels> =>
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 50 })), {
      selector: ([away]) => away,
      minLength: 1,
      maxLength: 12,
    })
    .map((levels) => levels.map(([away, size]) => [MID - sign * away, size] as const));
const FACTOR = fc.double({ min: 0.4, max: 2.5, noNaN: true });

interface Message {
  readonly bids?: Levels;
  readonly asks?: Levels;
}

/** A message of a book, whose last row ends it. */
function message({ bids = [], asks = [] }: Message, isSnapshot: boolean): Batch<"book"> {
  const levels = [
    ...bids.map(([price, size]) => ({ side: BID, price, size })),
    ...asks.map(([price, size]) => ({ side: ASK, price, size })),
  ];
  const flagsOf = (i: number): number =>
    (isSnapshot ? SNAPSHOT : 0) |
    (isSnapshot && i === 0 ? SNAPSHOT_START : 0) |
    (i === levels.length - 1 ? MESSAGE_END : 0);
  const rows = levels.map((level, i) => ({ ...level, flags: flagsOf(i), seq: i, tsRecv: 0 }));
  const columns = Object.fromEntries(
    columnsOf("book").map(([name, { type }]) => {
      const values = rows.map((row) => (row as Record<string, number>)[name]);
      if (type === "code") return [name, Int8Array.from(values, (value) => value ?? 0)];
      return [name, Float64Array.from(values, (value) => value ?? Number.NaN)];
    }),
  ) as unknown as ColumnsOf<"book">;
  return { stream: "book", instrument: INSTRUMENT, length: rows.length, columns };
}
const snapshot = (text: Message): Batch<"book"> => message(text, true);
const update = (text: Message): Batch<"book"> => message(text, false);

function bookOf(bids: Levels, asks: Levels, Kind: typeof L2Book | typeof FastL2Book = L2Book) {
  const record = new Kind(INSTRUMENT);
  const tell = (batch: Batch<"book">): void => {
    record.apply(batch, 0, batch.length);
  };
  tell(snapshot({ bids, asks }));
  return { record, tell };
}

const levelsOf = (reads: SideReads): Levels => {
  const levels: [number, number][] = [];
  for (let price = reads.bestPrice; !Number.isNaN(price); price = reads.priceAfter(price)) {
    levels.push([price, reads.sizeAt(price)]);
  }
  return levels;
};

/** The same, put together level by level. */
function movedLevels(levels: Levels, priceOf: (price: number) => number): Levels {
  const sizes = new Map<number, number>();
  for (const [price, size] of levels) {
    sizes.set(priceOf(price), (sizes.get(priceOf(price)) ?? 0) + size);
  }
  return [...sizes];
}

const worthOf = (levels: Levels): number =>
  levels.reduce((sum, [price, size]) => sum + quoteSize(INSTRUMENT, { price, size }), 0);

describe("a scenario's book", () => {
  it("is the record's in every read at a factor of 1 with nothing consumed", () => {
    fc.assert(
      fc.property(side(BID), side(ASK), (bids, asks) => {
        const { record } = bookOf(bids, asks);
        const book = new ScenarioBook(record);
        expect(book.digest).toBe(record.digest);
        expect([book.bids(), book.asks()]).toEqual([record.bids(), record.asks()]);
        expect([book.bestBid, book.bestAsk]).toEqual([record.bestBid, record.bestAsk]);
        expect(book.bidSide.depth).toBe(record.bidSide.depth);
        expect(levelsOf(book.askSide)).toEqual(levelsOf(record.askSide));
      }),
    );
  });

  it("has each level at its price times the factor, those of one price together, and bids below asks", () => {
    fc.assert(
      fc.property(side(BID), side(ASK), FACTOR, fc.boolean(), (bids, asks, factor, isFast) => {
        const { record } = bookOf(bids, asks, isFast ? FastL2Book : L2Book);
        const book = new ScenarioBook(record);
        book.move(factor);
        const { bestPrice } = record.bidSide;
        const expected = [
          movedLevels(levelsOf(record.bidSide), (price) => answeredBid(price, factor)),
          movedLevels(levelsOf(record.askSide), (price) => answeredAsk(price, factor, bestPrice)),
        ];
        expect([levelsOf(book.bidSide), levelsOf(book.askSide)]).toEqual(expected);
        expect(book.bidSide.bestPrice).toBeLessThan(book.askSide.bestPrice);
        expect(book.bidSide.bestSize).toBe(expected[0]?.[0]?.[1]);
        expect(book.askSide.depth).toBe(expected[1]?.length);
        for (let price = 300; price < 2_800; price += 1) {
          const size = expected[0]?.find(([at]) => at === price)?.[1] ?? 0;
          expect(book.sizeAt(BID, price)).toBe(size);
          const worse = expected[1]?.find(([at]) => at > price)?.[0] ?? Number.NaN;
          expect(book.askSide.priceAfter(price)).toBe(worse);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("has the best ask a tick above the best bid where both come to one price, and levels behind it there too", () => {
    const asks: Levels = [
      [MID + 1, 5],
      [MID + 2, 6],
      [MID + 9, 7],
    ];
    const { record } = bookOf([[MID - 1, 5]], asks);
    const book = new ScenarioBook(record);
    book.move(0.4);
    expect(book.bids()).toEqual([{ price: 400, size: 5 }]);
    expect(book.asks()).toEqual([
      { price: 401, size: 11 },
      { price: 404, size: 7 },
    ]);
    expect([book.sizeAt(ASK, 401), book.askSide.priceAfter(400)]).toEqual([11, 401]);
  });

  it("conserves what is consumed: the sizes that are gone are what was forced, but for what met nothing and less than a lot", () => {
    const flows = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { maxLength: 8 });
    fc.assert(
      fc.property(side(BID), side(ASK), FACTOR, flows, (bids, asks, factor, forced) => {
        const { record } = bookOf(bids, asks);
        const book = new ScenarioBook(record);
        book.move(factor);
        const worth = (): number =>
          worthOf(levelsOf(book.bidSide)) + worthOf(levelsOf(book.askSide));
        const before = worth();
        for (const flow of forced) book.consume(flow);
        const { consumed, unmet, carried, forced: all } = book.flow;
        expect(all).toBeCloseTo(
          forced.reduce((sum, flow) => sum + Math.abs(flow), 0),
          9,
        );
        expect(consumed + unmet + carried).toBeCloseTo(all, 9);
        expect(before - worth()).toBeCloseTo(consumed, 9);
        for (const [, size] of [...levelsOf(book.bidSide), ...levelsOf(book.askSide)]) {
          expect(size).toBeGreaterThan(0);
          expect(Number.isInteger(size)).toBe(true);
        }
      }),
    );
  });

  it("never shows more than the record, nor less than nothing, however the record goes on", () => {
    const steps = fc.array(
      fc.record({
        flow: fc.double({ min: -2, max: 2, noNaN: true }),
        level: fc.integer({ min: 1, max: 60 }),
        size: fc.integer({ min: 0, max: 50 }),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(side(BID), side(ASK), steps, (bids, asks, told) => {
        const { record, tell } = bookOf(bids, asks);
        const book = new ScenarioBook(record);
        for (const { flow, level, size } of told) {
          book.consume(flow);
          tell(update({ bids: [[MID - level, size]], asks: [[MID + level, size]] }));
          book.show();
          for (const { price, size: recorded } of record.bids()) {
            expect(book.sizeAt(BID, price)).toBeLessThanOrEqual(recorded);
            expect(book.sizeAt(BID, price)).toBeGreaterThanOrEqual(0);
          }
        }
      }),
    );
  });

  it("takes the best levels first, and gives back what the record adds, and all of it at a snapshot", () => {
    const { record, tell } = bookOf(
      [
        [MID - 1, 10],
        [MID - 2, 20],
      ],
      [[MID + 1, 10]],
    );
    const book = new ScenarioBook(record);
    const lot = quoteSize(INSTRUMENT, { price: MID - 1, size: 1 });
    book.consume(-7 * lot);
    expect(book.bids()).toEqual([
      { price: MID - 1, size: 3 },
      { price: MID - 2, size: 20 },
    ]);
    // What the record shows less of it is what was consumed.
    tell(update({ bids: [[MID - 1, 6]] }));
    book.show();
    expect(book.sizeAt(BID, MID - 1)).toBe(3);
    tell(update({ bids: [[MID - 1, 9]] }));
    book.show();
    expect(book.sizeAt(BID, MID - 1)).toBe(6);
    book.consume(-7 * lot);
    expect(book.bestBid).toEqual({ price: MID - 2, size: 19 });
    expect(book.asks()).toEqual(record.asks());
    tell(snapshot({ bids: [[MID - 1, 9]], asks: [[MID + 1, 10]] }));
    book.show();
    expect(book.bids()).toEqual(record.bids());
  });
});

describe("forced flow beyond the record", () => {
  it("is of the scenario's direction, and nothing where the record forced as much", () => {
    const cases = [
      [-10, -30, -20],
      [10, -30, -30],
      [-30, -10, 0],
      [-30, 10, 10],
      [10, 30, 20],
      [30, 10, 0],
      [-30, -30, 0],
      [-30, 0, 0],
    ] as const;
    for (const [recorded, changed, beyond] of cases) {
      expect(forcedBeyond(recorded, changed) + 0).toBe(beyond);
    }
  });
});
