import { type EventStream, type Micros } from "@aftershock/schema";
import { STEPS_PER_MINUTE, STEPS_PER_SECOND, STEP_MICROS } from "../clock.ts";
import type { Market } from "../market/market.ts";
import { type Random, randomFor } from "../random.ts";
import { BookRecorder } from "./bookRecorder.ts";
import { Connection } from "./connection.ts";
import { OptionRecorder } from "./optionRecorder.ts";
import { TickerRecorder } from "./tickerRecorder.ts";
import { TradeRecorder } from "./tradeRecorder.ts";

/** When in a step its book message is sent, µs from the step's start, and by how much that varies. */
const BOOK_MESSAGE_MICROS = 85_000;
const BOOK_JITTER_MICROS = 5_000;
/** How long the book channel is away when the recorder reconnects, steps. */
const RECONNECT_STEPS = 15;

/**
 * The recorder at the end of the line. Within a step: the ticker (each second) and the option chain (each minute) as they stand when the
 * step starts, then its trades and prints, then one book message. So a trade is heard of before the book that it changed,
 * by up to 90 ms, as on venues that aggregate their book channel.
 */
export class DayRecorder {
  readonly #market: Market;
  readonly #from: Micros;
  readonly #reconnectStep: number;
  readonly #random: Random;
  readonly #book: BookRecorder;
  readonly #trades: TradeRecorder;
  readonly #tickers: TickerRecorder;
  readonly #options: OptionRecorder;

  /** Starts with a snapshot of the market's book. */
  constructor(options: {
    market: Market;
    seed: number;
    from: Micros;
    startUsd: number;
    reconnectStep: number;
  }) {
    const { market, seed, from, startUsd } = options;
    const connection = new Connection(randomFor(seed, "latency"));
    this.#market = market;
    this.#from = from;
    this.#reconnectStep = options.reconnectStep;
    this.#random = randomFor(seed, "book messages");
    this.#book = new BookRecorder(market.book, connection);
    this.#trades = new TradeRecorder(connection);
    this.#tickers = new TickerRecorder(connection);
    const random = randomFor(seed, "options");
    this.#options = new OptionRecorder({ from, startUsd, random, connection });
    this.#book.snapshot(from);
  }

  /** Runs and records a step of the market. Steps count from the start of the recording. */
  advance(step: number): void {
    const start = this.#from + step * STEP_MICROS;
    if (step % STEPS_PER_SECOND === 0) this.#tickers.record(this.#market, start);
    if (step % STEPS_PER_MINUTE === 0) this.#options.record(this.#market, start);
    this.#market.advance();
    this.#trades.record(this.#market.fills, start);
    const end = start + BOOK_MESSAGE_MICROS + this.#random.integer(0, BOOK_JITTER_MICROS);
    const away = step - this.#reconnectStep;
    if (away === RECONNECT_STEPS) this.#book.snapshot(end);
    else if (away >= 0 && away < RECONNECT_STEPS) this.#book.miss();
    else this.#book.update(end);
  }

  finish(): readonly EventStream[] {
    const [trades, liquidations] = this.#trades.finish();
    const book = this.#book.finish();
    return [book, trades, liquidations, this.#tickers.finish(), this.#options.finish()];
  }
}
