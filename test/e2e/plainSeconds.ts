import { L2Book, type Level } from "@aftershock/replay";
import { type EventStream, formatSteps } from "@aftershock/schema";

type Row = Readonly<Record<string, number | boolean | null>>;

/** µs. */
const SECOND = 1_000_000;

const priceOf = ({ instrument }: L2Book, level: Level | undefined): number =>
  level === undefined ? Number.NaN : Number(formatSteps(level.price, instrument.tick));
const sizeOf = ({ instrument }: L2Book, level: Level): number =>
  Number(formatSteps(level.size, instrument.lot));

/** The columns of one moment. */
function rowOf(book: L2Book): Row {
  const sides = { bid: book.bids(), ask: book.asks() };
  const levels = Object.entries(sides).flatMap(([side, own]) =>
    Array.from({ length: 20 }, (_, i) => {
      const level = own[i];
      return [
        [`${side}Price${i + 1}`, level === undefined ? null : priceOf(book, level)],
        [`${side}Size${i + 1}`, level === undefined ? null : sizeOf(book, level)],
      ];
    }).flat(),
  );
  const [bid, ask] = [priceOf(book, sides.bid[0]), priceOf(book, sides.ask[0])];
  if (Number.isNaN(bid + ask)) return { valid: book.valid, ...Object.fromEntries(levels) };
  const doubledMid = (sides.bid[0]?.price ?? 0) + (sides.ask[0]?.price ?? 0);
  const bands = Object.entries(sides).flatMap(([side, own]) =>
    [1, 5, 10, 25, 50, 100].map((bps) => {
      const reach = BigInt(doubledMid) * BigInt(bps);
      const inside = own.filter(({ price }) => {
        const away = 2n * BigInt(price) - BigInt(doubledMid);
        return (side === "bid" ? -away : away) * 10_000n <= reach;
      });
      const lots = inside.reduce((total, level) => total + BigInt(level.size), 0n);
      return [`${side}Within${bps}Bps`, Number(formatSteps(Number(lots), book.instrument.lot))];
    }),
  );
  const top = (own: readonly Level[], count: number): number =>
    own.slice(0, count).reduce((total, { size }) => total + size, 0);
  const imbalance = (count: number): number => {
    const [b, a] = [top(sides.bid, count), top(sides.ask, count)];
    return (b - a) / (b + a);
  };
  const [bidSize, askSize] = [top(sides.bid, 1), top(sides.ask, 1)];
  return {
    valid: book.valid,
    mid: (bid + ask) / 2,
    spreadBps: ((2 * (ask - bid)) / (bid + ask)) * 10_000,
    microprice: (bid * askSize + ask * bidSize) / (bidSize + askSize),
    ...Object.fromEntries([1, 5, 20].map((count) => [`imbalance${count}`, imbalance(count)])),
    ...Object.fromEntries(bands),
    ...Object.fromEntries(levels),
  };
}

/** What holds between two messages, summed up over a second. */
class SpreadSum {
  private since = Number.NaN;
  private spread = Number.NaN;
  private micros = 0;
  private weighted = 0;

  /** From `at` on the spread is another. */
  change(at: number, spread: number): void {
    this.pass(at);
    this.spread = spread;
  }

  pass(at: number): void {
    if (at > this.since && !Number.isNaN(this.spread)) {
      this.micros += at - this.since;
      this.weighted += (at - this.since) * this.spread;
    }
    this.since = at;
  }

  /** The columns of the second that ends at `end`. */
  take(end: number): Row {
    this.pass(end);
    const row = {
      twoSidedMicros: this.micros,
      timeWeightedSpread: this.micros === 0 ? null : this.weighted / this.micros,
    };
    [this.micros, this.weighted] = [0, 0];
    return row;
  }
}

/** Seconds of a book, one after the other. */
class PlainSeconds {
  readonly ends = new Map<number, Row>();
  private readonly book: L2Book;
  private readonly spread = new SpreadSum();
  private second = Number.NaN;
  private messages = 0;

  constructor(book: L2Book) {
    this.book = book;
  }

  /** Ends the seconds that are over at `at`. */
  reach(at: number): void {
    if (Number.isNaN(this.second)) this.second = Math.floor(at / SECOND) * SECOND;
    for (; at >= this.second + SECOND; this.second += SECOND) this.end();
  }

  message(at: number): void {
    this.messages += 1;
    const { book } = this;
    this.spread.change(at, priceOf(book, book.bestAsk) - priceOf(book, book.bestBid));
  }

  end(): void {
    const sums = this.spread.take(this.second + SECOND);
    this.ends.set(this.second, { ...rowOf(this.book), ...sums, bookMessages: this.messages });
    this.messages = 0;
  }
}

/**
 * The columns of a book in each second from its first row to its last, with 20 levels a side, from all levels of the plain book after each
 * message. The recorder's clock must not run back.
 */
export async function plainSeconds(stream: EventStream<"book">): Promise<ReadonlyMap<number, Row>> {
  const book = new L2Book(stream.instrument);
  const seconds = new PlainSeconds(book);
  for await (const batch of stream.batches()) {
    const { tsRecv } = batch.columns;
    for (let row = 0; row < batch.length; row += 1) {
      const at = tsRecv[row] ?? Number.NaN;
      seconds.reach(at);
      book.apply(batch, row, row + 1, () => seconds.message(at));
    }
  }
  seconds.end();
  return seconds.ends;
}
