import { L2Book } from "@aftershock/replay";
import {
  ASK,
  type Batch,
  BID,
  columnsOf,
  type ColumnsOf,
  MESSAGE_END,
  METHOD_ADL,
  METHOD_BACKSTOP,
  METHOD_MARKET,
  micros,
  PRICE_BANKRUPTCY,
  PRICE_FILL,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { type ForcedOrder, liquidationRowOf, WalkedBook } from "../../src/index.ts";
import { LINEAR, World } from "./world.ts";

type Level = readonly [side: 1 | -1, price: number, size: number];

/** A message of a book: its levels, the last of which ends it. */
function message(levels: readonly Level[], at: number, isSnapshot: boolean): Batch<"book"> {
  const flagsOf = (i: number): number =>
    (isSnapshot ? SNAPSHOT : 0) |
    (isSnapshot && i === 0 ? SNAPSHOT_START : 0) |
    (i === levels.length - 1 ? MESSAGE_END : 0);
  const rows = levels.map(([side, price, size], i) => ({ side, price, size, flags: flagsOf(i) }));
  const columns = Object.fromEntries(
    columnsOf("book").map(([name, { type }]) => {
      const values = rows.map((row) => (row as Record<string, number>)[name]);
      const clock = name === "tsEvent" || name === "tsRecv" ? at : Number.NaN;
      if (type === "code") return [name, Int8Array.from(values, (value) => value ?? 0)];
      if (type === "text") return [name, values.map(() => undefined)];
      return [name, Float64Array.from(values, (value, i) => value ?? (name === "seq" ? i : clock))];
    }),
  ) as unknown as ColumnsOf<"book">;
  return { stream: "book", instrument: LINEAR, length: rows.length, columns };
}

function bookOf(): { book: L2Book; market: WalkedBook; show: (levels: readonly Level[]) => void } {
  const book = new L2Book(LINEAR);
  const market = new WalkedBook([book], 0);
  let at = 0;
  const show = (levels: readonly Level[]): void => {
    at += 1_000;
    book.apply(message(levels, at, at === 1_000), 0, levels.length, () => market.showBook(0));
  };
  show([
    [BID, 100_000, 5],
    [BID, 99_990, 10],
    [BID, 99_900, 100],
    [ASK, 100_010, 7],
    [ASK, 100_100, 50],
  ]);
  return { book, market, show };
}

const order = (changes: Partial<ForcedOrder>): ForcedOrder => ({
  account: 4,
  instrument: 0,
  side: -1,
  lots: 8,
  limitPrice: undefined,
  fillOrKill: false,
  at: micros(1),
  ...changes,
});

describe("WalkedBook", () => {
  const taken = (market: WalkedBook, changes: Partial<ForcedOrder> = {}): unknown =>
    market.take(order(changes)).map(({ price, lots, counterparty }) => [price, lots, counterparty]);

  it("walks the other side from the best price on, against the rest of the world", () => {
    const { market } = bookOf();
    expect(taken(market)).toEqual([
      [100_000, 5, 0],
      [99_990, 3, 0],
    ]);
    expect(taken(bookOf().market, { side: 1, lots: 10 })).toEqual([
      [100_010, 7, 0],
      [100_100, 3, 0],
    ]);
  });

  it("has not what it gave already, until the record adds to it", () => {
    const { market, show } = bookOf();
    market.take(order({ lots: 12 }));
    expect(taken(market)).toEqual([
      [99_990, 3, 0],
      [99_900, 5, 0],
    ]);
    show([[BID, 99_990, 14]]);
    expect(taken(market, { lots: 5 })).toEqual([
      [99_990, 4, 0],
      [99_900, 1, 0],
    ]);
  });

  it("stops at the limit, also between two ticks, and fills or kills whole", () => {
    const { market } = bookOf();
    expect(taken(market, { lots: 50, limitPrice: 99_989.5 })).toEqual([
      [100_000, 5, 0],
      [99_990, 10, 0],
    ]);
    expect(taken(market, { lots: 101, limitPrice: 99_900, fillOrKill: true })).toEqual([]);
    expect(taken(market, { lots: 100, limitPrice: 99_900, fillOrKill: true })).toEqual([
      [99_900, 100, 0],
    ]);
  });

  it("does not offer what recorded trades have taken and the book still shows", () => {
    const { market } = bookOf();
    market.showTrade(0, { hit: BID, price: 99_990, lots: 4 });
    expect(taken(market)).toEqual([
      [99_990, 6, 0],
      [99_900, 2, 0],
    ]);
  });

  it("fills nothing while the book is not valid, and refuses instruments without a book", () => {
    const market = new WalkedBook([new L2Book(LINEAR), undefined], 0);
    expect(market.take(order({}))).toEqual([]);
    expect(() => market.take(order({ instrument: 1 }))).toThrow(/no book to walk/);
  });

  it("is consumed by one liquidation after the other through an engine", () => {
    const { market } = bookOf();
    const world = new World({ steps: [{ kind: "market" }], engine: () => ({ market }) });
    world.mark({ 0: 10_000 });
    for (let opened = 0; opened < 3; opened += 1) world.trader(0.5, [{ lots: 8, price: 10_000 }]);
    world.mark({ 0: 9_975 });
    expect(world.of("fill").map(({ price, lots }) => [price, lots])).toEqual([
      [100_000, 5],
      [99_990, 3],
      [99_990, 7],
      [99_900, 1],
      [99_900, 8],
    ]);
    world.ledger.check();
  });
});

describe("liquidationRowOf", () => {
  it("prints fills, takeovers and ADL once each, with side, method and mark", () => {
    const world = new World({ fund: 0.3 });
    world.mark({ 0: 10_000 });
    world.trader(100, [{ lots: 1_000, price: 10_000 }]);
    world.trader(5_000, [{ lots: -1_000, price: 10_000 }]);
    world.market.offer(0, "bids", [[99_010, 400]]);
    world.mark({ 0: 9_899 });
    const rows = world.events.flatMap((event) => liquidationRowOf(world.ledger, event) ?? []);
    const common = { instrument: 0, tsEvent: world.at, side: -1, account: "trader 4" };
    expect(rows.map(({ markPrice, ...row }) => [row, Math.round(markPrice * 10) / 10])).toEqual([
      [
        { ...common, price: 99_010, size: 400, method: METHOD_MARKET, priceKind: PRICE_FILL },
        9_899,
      ],
      [
        {
          ...common,
          price: 98_993,
          size: 600,
          method: METHOD_BACKSTOP,
          priceKind: PRICE_BANKRUPTCY,
        },
        9_899,
      ],
    ]);
    world.mark({ 0: 9_800 });
    const adl = world.of("adl").map((event) => liquidationRowOf(world.ledger, event)!);
    expect(adl.map(({ method, size, account }) => [method, size, account])).toEqual([
      [METHOD_ADL, 600, "fund"],
    ]);
  });
});
