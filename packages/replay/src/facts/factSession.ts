import {
  type Batch,
  ConfigError,
  decimalToNumber,
  type EventStream,
  type Micros,
  MICROS_PER_SECOND,
  type StreamName,
} from "@aftershock/schema";
import type { OrderBook } from "../book/orderBook.ts";
import { bookStreams, levelsStream } from "../replayedBook.ts";
import type { ReplayHandlers } from "../replayOptions.ts";
import type { ReplayResult } from "../replayResult.ts";
import { absentFacts } from "./absentFacts.ts";
import { CancelSums } from "./cancelSums.ts";
import { DepthSums } from "./depthSums.ts";
import type { ActivityFacts, CancellationFacts, StylisedFacts } from "./factTypes.ts";
import { ForcedSums } from "./forcedSums.ts";
import { ReturnSums } from "./returnSums.ts";
import { SpreadSums } from "./spreadSums.ts";
import { StressWindows } from "./stressWindows.ts";
import { TradeSums } from "./tradeSums.ts";

/** How often depth is sampled, µs. A whole number of these is a second. */
export const SAMPLE_EVERY: number = MICROS_PER_SECOND / 10;
/** Horizons of returns, seconds. */
const HORIZON_SECONDS = [1, 10, 60] as const;

/** Listens to the replay of one instrument, and sums its stylised facts up. */
export class FactSession {
  readonly #streams: readonly EventStream[];
  readonly #levels: "book" | "orders" | undefined;
  readonly #windowMicros: number;
  readonly #windows: StressWindows;
  readonly #spread = new SpreadSums();
  readonly #depth: DepthSums | undefined;
  readonly #returns = HORIZON_SECONDS.map((seconds) => new ReturnSums(seconds));
  readonly #trades: TradeSums | undefined;
  readonly #forced: ForcedSums | undefined;
  readonly #cancels = new CancelSums();
  #book: OrderBook | undefined;
  /** The id of the book before the open message. */
  #bookId = Number.NaN;
  /** Best prices, ticks, NaN where there are not both, and since when they and the price hold, µs. */
  #bid = Number.NaN;
  #ask = Number.NaN;
  #since = Number.NaN;
  /** The mid, or without a book the last price traded, ticks; NaN where there is none. */
  #price = Number.NaN;

  /** Throws ConfigError for streams of more than one instrument, of which facts would be mixed up. */
  constructor(streams: readonly EventStream[], windowMicros: number) {
    const ids = [...new Set(streams.map(({ instrument }) => instrument.id))];
    if (ids.length !== 1) {
      throw new ConfigError(`Stylised facts are of one instrument, not of ${ids.length}`, {
        hints: [`Give the streams of one of them: ${ids.join(", ") || "there were none"}.`],
      });
    }
    const of = (name: StreamName): EventStream | undefined =>
      streams.find(({ stream }) => stream === name);
    this.#streams = streams;
    this.#levels = levelsStream(streams);
    this.#windowMicros = windowMicros;
    this.#windows = new StressWindows(windowMicros);
    const levels = this.#levels && of(this.#levels);
    const [trades, forced] = [of("trades"), of("liquidations")];
    // Each by the grid of its own stream: where grids are inferred from the recording, they may differ.
    this.#depth = levels && new DepthSums(levels.instrument);
    this.#trades = trades && new TradeSums(trades.instrument);
    this.#forced = forced && new ForcedSums(forced.instrument);
  }

  /** What listens to the replay. */
  get handlers(): ReplayHandlers {
    const has = (name: StreamName): boolean => this.#streams.some(({ stream }) => stream === name);
    const told = bookStreams(this.#streams);
    const hear = (book: OrderBook, at: Micros): void => this.#endMessage(book, at);
    return {
      ...(this.#levels === "book" && { onBook: hear }),
      ...(this.#levels === "orders" && { onOrders: hear }),
      on: {
        ...(this.#levels === "book" && {
          book: (batch, from, to) => this.#cancels.takeLevels(batch, from, to, this.#book),
        }),
        ...(has("orders") && {
          orders: (batch, from, to) => this.#cancels.takeOrders(batch, from, to),
        }),
        ...(has("trades") && {
          trades: (batch, from, to, times) => this.#takeTrades(batch, from, to, times),
        }),
        ...(has("liquidations") && {
          liquidations: (batch, from, to, times) => this.#takeForced(batch, from, to, times),
        }),
      },
      interval: {
        every: SAMPLE_EVERY,
        onEnd: (start, books) => {
          const place = told.findIndex(({ stream }) => stream === this.#levels);
          this.#sample(start, books[place]);
        },
      },
    };
  }

  #endMessage(book: OrderBook, at: number): void {
    this.#book = book;
    const { updateId } = book;
    // A message that a snapshot already contained leaves the id as it was.
    const isApplied = book.valid && (Number.isNaN(updateId) || updateId !== this.#bookId);
    if (this.#levels === "book") this.#cancels.endMessage(isApplied);
    this.#bookId = updateId;
    this.#observe(book, at);
  }

  /** The book is as it is from `at` on, µs. */
  #observe({ bidSide, askSide }: OrderBook, at: number): void {
    this.#roll(at);
    const bid = bidSide.bestPrice;
    const ask = askSide.bestPrice;
    if (bid === this.#bid && ask === this.#ask) return;
    this.#advance(at);
    this.#bid = bid;
    this.#ask = ask;
    this.#price = (bid + ask) / 2;
  }

  /** Counts the time up to `at`, µs, in the window in hand. */
  #advance(at: number): void {
    const lasted = at - this.#since;
    this.#since = at;
    if (!(lasted > 0) || Number.isNaN(this.#price)) return;
    this.#windows.observe(this.#price, lasted);
    if (this.#levels !== undefined) this.#spread.add(this.#bid, this.#ask, lasted);
  }

  /** Closes the windows that are over at `at`, µs. */
  #roll(at: number): void {
    if (Number.isNaN(this.#windows.end)) {
      this.#windows.open(at);
      this.#since = at;
    }
    while (at >= this.#windows.end) {
      const { end } = this.#windows;
      this.#closeWindow(end);
      this.#windows.open(end);
    }
  }

  #closeWindow(at: number): void {
    this.#advance(at);
    const records = this.#windows.close();
    this.#spread.close(records);
    this.#depth?.close(records);
    this.#forced?.close(records, this.#windows.end - this.#windowMicros);
  }

  #sample(start: number, book: OrderBook | undefined): void {
    this.#roll(start);
    const end = start + SAMPLE_EVERY;
    if (book !== undefined) {
      // One that was built before the window is seen here first.
      if (this.#book === undefined) this.#observe(book, start);
      this.#book = book;
      this.#depth?.sample(book, end);
    }
    if (end % MICROS_PER_SECOND !== 0) return;
    for (const returns of this.#returns) {
      if (end % (returns.horizonSeconds * MICROS_PER_SECOND) === 0) returns.take(this.#price);
    }
    this.#forced?.settleUntil(end, this.#mid);
  }

  get #mid(): number {
    return this.#levels === undefined ? Number.NaN : this.#price;
  }

  #takeTrades(batch: Batch<"trades">, from: number, to: number, times: Float64Array): void {
    for (let row = from; row < to; row += 1) {
      const at = times[row] ?? Number.NaN;
      this.#roll(at);
      const quote = this.#trades?.take(batch, row, times, this.#mid) ?? 0;
      this.#forced?.addTaken(quote);
      if (this.#levels !== undefined) continue;
      this.#advance(at);
      this.#price = batch.columns.price[row] ?? Number.NaN;
    }
  }

  #takeForced(batch: Batch<"liquidations">, from: number, to: number, times: Float64Array): void {
    for (let row = from; row < to; row += 1) {
      const at = times[row] ?? Number.NaN;
      this.#roll(at);
      this.#forced?.take(batch, row, at, this.#mid);
    }
  }

  /** The facts, when the replay is over. To be called once. */
  finish(result: ReplayResult): StylisedFacts {
    if (result.to !== undefined) {
      this.#roll(result.to);
      this.#closeWindow(result.to);
    }
    const windows = this.#windows.count;
    const returns = this.#returns.flatMap(({ facts }) => facts ?? []);
    const facts = {
      instrument: this.#streams[0]?.instrument.id ?? "",
      simulated: this.#streams.some(({ simulated }) => simulated),
      contract: this.#streams[0]?.instrument.contract ?? "unknown",
      from: result.from,
      to: result.to,
      seconds: ((result.to ?? 0) - (result.from ?? 0)) / MICROS_PER_SECOND,
      windowSeconds: this.#windowMicros / MICROS_PER_SECOND,
      windows,
      calmest: this.#windows.calmest,
      worst: this.#windows.worst,
      priceOf: this.#priceOf,
      returns,
      spread: this.#spread.facts(windows),
      depth: this.#depth?.facts(windows) ?? [],
      signs: this.#trades?.signs,
      runImpact: this.#trades?.runImpact,
      forcedImpact: this.#forced?.impact,
      cancellations: this.#cancellations,
      forced: this.#forced?.facts(this.#trades?.quote ?? 0, windows),
      activity: this.#activity(result),
    };
    return { ...facts, absent: absentFacts(facts, this.#streams) };
  }

  get #priceOf(): StylisedFacts["priceOf"] {
    if (this.#levels !== undefined) return "mid";
    return this.#trades === undefined ? undefined : "trade";
  }

  get #cancellations(): CancellationFacts | undefined {
    if (this.#trades === undefined || this.#levels === undefined) return undefined;
    const lotOf = (name: StreamName): number => {
      const own = this.#streams.find(({ stream }) => stream === name);
      return own === undefined ? Number.NaN : decimalToNumber(own.instrument.lot);
    };
    const { trades, levelsHit, lots } = this.#trades;
    const inBookLots = lots * (lotOf("trades") / lotOf(this.#levels));
    const hasOrders = this.#streams.some(({ stream }) => stream === "orders");
    return this.#cancels.facts(hasOrders ? "orders" : "levels", {
      trades,
      levelsHit,
      lots: inBookLots,
    });
  }

  #activity({ streams, from, to }: ReplayResult): ActivityFacts {
    const levels = streams.find(({ stream }) => stream === this.#levels);
    const messages = levels?.book?.messages;
    const seconds = ((to ?? 0) - (from ?? 0)) / MICROS_PER_SECOND;
    const trades = this.#trades;
    const rate = (count: number | undefined): number | undefined =>
      count === undefined || !(seconds > 0) ? undefined : count / seconds;
    const isTraded = trades !== undefined && trades.trades > 0;
    return {
      messages,
      updatesPerMessage: levels === undefined || !messages ? undefined : levels.events / messages,
      messagesPerSecond: rate(messages),
      trades: trades?.trades,
      tradesPerSecond: rate(trades?.trades),
      orders: trades?.orders,
      meanTradeQuote: isTraded ? trades.quote / trades.trades : undefined,
      medianTradeQuote: isTraded ? trades.medianQuote : undefined,
    };
  }
}
