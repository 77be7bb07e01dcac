import { existsSync } from "node:fs";
import {
  ASK,
  BID,
  BUY,
  MESSAGE_END,
  MICROS_PER_YEAR,
  SNAPSHOT_START,
  decimalToNumber,
  type Decimal,
  type StreamName,
} from "@aftershock/schema";
import { describe, expect, it } from "vitest";
import { fileHead } from "../src/files/fileHead.ts";
import { openFile } from "../src/files/openFile.ts";
import { SOURCES } from "../src/sources.ts";
import { cryptofeed } from "../src/sources/cryptofeed/cryptofeed.ts";
import type { RawRow } from "../src/source.ts";
import { capture } from "./captured.ts";
import { lossesOf } from "./capturedVenue.ts";
import type { MemorySink } from "./memorySink.ts";
import { notesOf, readPath, recording } from "./readWith.ts";

const FOLDER = "orderbook/multivenue-raw";

interface Recording {
  readonly file: string;
  /** Lines of the file. */
  readonly lines: number;
  /** The recorder's clock at the first and the last row, µs. */
  readonly from: number;
  readonly to: number;
  readonly rows: Partial<Record<StreamName, number>>;
  /** Trades of which the aggressor bought. */
  readonly bought: number;
  /** Instruments with a book. */
  readonly books: number;
}

/** Counts by a second program that shares nothing with this one. */
const RECORDINGS: readonly Recording[] = [
  {
    file: "BYBIT.ws.25.0.gz",
    lines: 3361,
    from: 1_618_677_786_799_711,
    to: 1_618_677_816_488_903,
    rows: { book: 20_342, trades: 92 },
    bought: 73,
    books: 8,
  },
  {
    file: "BYBIT.ws.26.0.gz",
    lines: 1105,
    from: 1_618_677_786_986_287,
    to: 1_618_677_816_500_978,
    rows: { book: 2_652, trades: 150 },
    bought: 109,
    books: 2,
  },
  {
    file: "BITFINEX-58bafb.0.gz",
    lines: 22_702,
    from: 1_617_643_607_461_997,
    to: 1_617_643_726_735_459,
    rows: { book: 23_485, trades: 8, quotes: 58, tickers: 58 },
    bought: 7,
    books: 8,
  },
  {
    file: "COINBASE.ws.28.0.gz",
    lines: 9_952,
    from: 1_618_677_817_077_736,
    to: 1_618_677_847_846_470,
    rows: { book: 18_081, trades: 97, quotes: 107, tickers: 107 },
    bought: 45,
    books: 10,
  },
  {
    file: "BITSTAMP-b88f8b.0.gz",
    lines: 3_287,
    from: 1_617_654_357_390_381,
    to: 1_617_654_471_607_230,
    rows: { book: 16_133, trades: 32 },
    bought: 12,
    books: 10,
  },
  {
    file: "DYDX.ws.1.0.gz",
    lines: 4_754,
    from: 1_635_444_230_843_457,
    to: 1_635_444_261_646_122,
    rows: { book: 7_060, trades: 26 },
    bought: 13,
    books: 10,
  },
  {
    file: "GEMINI.ws.36.0.gz",
    lines: 997,
    from: 1_618_677_942_586_266,
    to: 1_618_677_973_299_960,
    rows: { book: 22_633, trades: 51 },
    bought: 42,
    books: 10,
  },
  {
    file: "PHEMEX.ws.1.0.gz",
    lines: 1_414,
    from: 1_625_342_241_988_539,
    to: 1_625_342_272_635_766,
    rows: { book: 2_723, trades: 25 },
    bought: 18,
    books: 10,
  },
  {
    file: "BIT.COM.ws.1.0.gz",
    lines: 1_236,
    from: 1_639_095_390_075_439,
    to: 1_639_095_479_639_079,
    rows: { book: 111, options: 1_148 },
    bought: 0,
    books: 30,
  },
  {
    file: "BIT.COM.ws.2.0.gz",
    lines: 789,
    from: 1_704_643_984_093_180,
    to: 1_704_644_013_518_341,
    rows: { book: 763, quotes: 65, tickers: 65 },
    bought: 0,
    books: 1,
  },
];

/** Files that are absent: their tests are skipped, and say so by name. */
const isAbsent = (file: string): boolean => !existsSync(recording(`${FOLDER}/${file}`));
const read = (file: string): Promise<MemorySink> =>
  readPath(cryptofeed, recording(`${FOLDER}/${file}`));

/** One side of a book rebuilt from rows, plainly. */
class PlainSide {
  readonly sizes = new Map<number, number>();
  private readonly sign: number;
  private known: number | undefined;

  constructor(sign: number) {
    this.sign = sign;
  }

  /** Returns false for a deletion of what is not there. */
  set(price: number, size: number): boolean {
    if (size === 0) {
      if (price === this.known) this.known = undefined;
      return this.sizes.delete(price);
    }
    this.sizes.set(price, size);
    if (this.known !== undefined && price * this.sign > this.known * this.sign) this.known = price;
    return true;
  }

  clear(): void {
    this.sizes.clear();
    this.known = undefined;
  }

  get best(): number {
    const worst = -Infinity * this.sign;
    let best = this.known ?? worst;
    if (this.known === undefined) {
      for (const price of this.sizes.keys()) if (price * this.sign > best * this.sign) best = price;
    }
    if (best !== worst) this.known = best;
    return best;
  }
}

/** A book rebuilt from rows. */
class PlainBook {
  readonly bids = new PlainSide(BID);
  readonly asks = new PlainSide(ASK);
  unknownDeletes = 0;

  take({ side, price, size, flags }: RawRow<"book">): void {
    if ((flags & SNAPSHOT_START) !== 0) for (const each of [this.bids, this.asks]) each.clear();
    if (side !== BID && side !== ASK) return;
    const levels = side === BID ? this.bids : this.asks;
    const known = levels.set(decimalToNumber(price), decimalToNumber(size));
    if (!known) this.unknownDeletes += 1;
  }

  /** Whether a quote says the same of the best prices, and of their sizes where it has them. */
  agrees({ bidPrice, bidSize, askPrice, askSize }: RawRow<"quotes">): boolean {
    const { bids, asks } = this;
    const says = (value: Decimal | undefined, found: number | undefined): boolean =>
      value === undefined || decimalToNumber(value) === found;
    const prices = says(bidPrice, bids.best) && says(askPrice, asks.best);
    return (
      prices && says(bidSize, bids.sizes.get(bids.best)) && says(askSize, asks.sizes.get(asks.best))
    );
  }
}

/** What the books of a recording come to. */
function rebuilt(memory: MemorySink) {
  const books = new Map<string, PlainBook>();
  let crossed = 0;
  let quotes = 0;
  let equal = 0;
  for (const { stream, symbol, row } of memory.rows) {
    const book = books.get(symbol) ?? new PlainBook();
    if (stream === "book") {
      books.set(symbol, book);
      book.take(row as RawRow<"book">);
      if (((row as RawRow<"book">).flags & MESSAGE_END) === 0) continue;
      if (book.bids.best >= book.asks.best) crossed += 1;
    } else if (stream === "quotes" && books.has(symbol)) {
      quotes += 1;
      if (book.agrees(row)) equal += 1;
    }
  }
  const unknownDeletes = [...books.values()].reduce((sum, book) => sum + book.unknownDeletes, 0);
  return { books, crossed, unknownDeletes, quotes, equal };
}

for (const { file, lines, from, to, rows, bought, books } of RECORDINGS) {
  describe.skipIf(isAbsent(file))(`recorded capture ${FOLDER}/${file}`, () => {
    it("is known by its first line, and by this source only", async () => {
      const head = await fileHead(await openFile(recording(`${FOLDER}/${file}`)));
      expect(SOURCES.filter((source) => source.recognises(head))).toEqual([cryptofeed]);
    });

    it("holds the rows, clocks and sides that a second program counted; every line comes to one thing", async () => {
      const memory = await read(file);
      const counts = new Map<string, number>();
      for (const { stream } of memory.rows) counts.set(stream, (counts.get(stream) ?? 0) + 1);
      expect(Object.fromEntries(counts)).toEqual(rows);
      expect(memory.quarantined).toEqual([]);
      const clocks = memory.rows.map(({ row }) => row.tsRecv ?? Number.NaN);
      expect([clocks[0], clocks.at(-1)]).toEqual([from, to]);
      expect(memory.of("trades").filter(({ side }) => side === BUY)).toHaveLength(bought);
      const withRows = new Set(memory.rows.map(({ row }) => row.line));
      const skipped = memory.skipped.map(({ line }) => line.number);
      expect(skipped.filter((line) => withRows.has(line))).toEqual([]);
      expect(withRows.size + new Set(skipped).size).toBe(lines);
    });

    it("has lost nothing, and its books are never crossed", async () => {
      const memory = await read(file);
      expect(lossesOf(memory)).toEqual([]);
      const found = rebuilt(memory);
      expect(found.crossed).toBe(0);
      expect(found.books.size).toBe(books);
      const gaps = [...memory.notes.keys()].filter((note) =>
        /sequenceGaps|contradictions|Backwards|snapshot(?:Stale|Differs)|reconnections|missing/.test(
          note,
        ),
      );
      expect(gaps).toEqual([]);
    });
  });
}

describe.skipIf(isAbsent("COINBASE.ws.28.0.gz"))("recorded books of Coinbase", () => {
  it("show the best prices of all tickers but the seven from before the subscription", async () => {
    const { quotes, equal, unknownDeletes } = rebuilt(await read("COINBASE.ws.28.0.gz"));
    expect([quotes, equal, unknownDeletes]).toEqual([107, 100, 0]);
  });
});

describe.skipIf(isAbsent("BIT.COM.ws.2.0.gz"))("recorded books of Bit.com", () => {
  it("show the best prices and sizes of 62 of 64 tickers that come after the snapshot", async () => {
    const { quotes, equal, unknownDeletes } = rebuilt(await read("BIT.COM.ws.2.0.gz"));
    expect([quotes, equal, unknownDeletes]).toEqual([64, 62, 0]);
  });
});

describe.skipIf(isAbsent("PHEMEX.ws.1.0.gz"))("recorded books of Phemex", () => {
  it("are at the market's prices of 2021-07-03 in both scales", async () => {
    const { books } = rebuilt(await read("PHEMEX.ws.1.0.gz"));
    expect(books.get("YFIUSD")?.bids.best).toBeCloseTo(32_970, -2);
    expect(books.get("sLINKUSDT")?.bids.best).toBeCloseTo(18.7, 0);
    expect([...books.values()].every(({ bids }) => bids.sizes.size === 30)).toBe(true);
  });
});

describe.skipIf(isAbsent("DYDX.ws.1.0.gz"))("recorded books of dYdX", () => {
  it("drop the 34 changes that came after newer ones", async () => {
    const notes = notesOf(await read("DYDX.ws.1.0.gz"));
    expect(Object.values(notes).reduce((sum, count) => sum + count, 0)).toBe(34);
  });
});

describe.skipIf(isAbsent("GEMINI.ws.36.0.gz"))("recorded books of Gemini", () => {
  it("delete 1,223 levels that came and went between two messages", async () => {
    expect(rebuilt(await read("GEMINI.ws.36.0.gz")).unknownDeletes).toBe(1_223);
  });
});

/** The distribution function of the normal law. Source: Abramowitz and Stegun 1964, 26.2.17; error below 7.5e-8. */
function normal(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x));
  const series =
    t *
    (0.319_381_53 +
      t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x < 0 ? tail : 1 - tail;
}

describe.skipIf(isAbsent("BIT.COM.ws.1.0.gz"))("recorded options of Bit.com", () => {
  it("carry the marks that Black-76 gives for their volatility, expiry and underlying", async () => {
    const memory = await read("BIT.COM.ws.1.0.gz");
    const rows = memory.of("options");
    expect(new Set(rows.map(({ optionSymbol }) => optionSymbol)).size).toBe(30);
    const errors = rows.flatMap((row) => {
      const { right, strike = 0, underlyingPrice = 0, markIv = 0, markPrice = 0, expiry = 0 } = row;
      const deviation = markIv * Math.sqrt((expiry - (row.tsEvent ?? 0)) / MICROS_PER_YEAR);
      const d1 = Math.log(underlyingPrice / strike) / deviation + deviation / 2;
      const moneyness = strike / underlyingPrice;
      const value = right * (normal(right * d1) - moneyness * normal(right * (d1 - deviation)));
      return [Math.abs(value - markPrice)];
    });
    const sorted = errors.toSorted((a, b) => a - b);
    // Premiums are in coin; the last ticker of an option may be some seconds behind its underlying.
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(5e-5);
    expect(sorted.at(-1)).toBeLessThan(5e-3);
  });
});

/** A recording without the lines of these numbers. */
async function without(file: string, ...numbers: readonly number[]): Promise<MemorySink> {
  const lines: string[] = [];
  for await (const batch of (await openFile(recording(`${FOLDER}/${file}`))).lines()) {
    for (const { number, text } of batch) lines.push(numbers.includes(number) ? "" : text);
  }
  return capture([file, lines]);
}

describe.skipIf(isAbsent("BITFINEX-58bafb.0.gz"))(
  "the capture of Bitfinex without one message",
  () => {
    it("marks the next row of each of its eight books", async () => {
      const memory = await without("BITFINEX-58bafb.0.gz", 10_000);
      const symbols = new Set(memory.rows.map(({ symbol }) => symbol));
      expect(symbols.size).toBe(8);
      for (const symbol of symbols) {
        const rows = memory.of("book", `bitfinex:${symbol}`);
        const next = rows.find(({ line }) => line > 10_000);
        expect(lossesOf(memory, `bitfinex:${symbol}`)).toEqual(
          next === undefined ? [] : [next.line],
        );
      }
    });
  },
);

describe.skipIf(isAbsent("DYDX.ws.1.0.gz"))("the capture of dYdX without one message", () => {
  it("marks the next row of each of its ten books, at the place of the message", async () => {
    const memory = await without("DYDX.ws.1.0.gz", 2_000);
    for (const symbol of new Set(memory.rows.map((row) => row.symbol))) {
      const rows = memory.of("book", `dydx:${symbol}`);
      const next = rows.find(({ line }) => line > 2_000);
      expect(lossesOf(memory, `dydx:${symbol}`)).toEqual(next === undefined ? [] : [next.line]);
    }
  });
});
