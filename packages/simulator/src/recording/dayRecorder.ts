import { type Batch, type Micros, type StreamName } from "@aftershock/schema";
import { STEPS_PER_MINUTE, STEPS_PER_SECOND, STEP_MICROS } from "../clock.ts";
import { CounterRandom } from "../counterRandom.ts";
import type { Exchange } from "../market/exchange.ts";
import type { Market } from "../market/market.ts";
import { BookRecorder } from "./bookRecorder.ts";
import { Connection } from "./connection.ts";
import { OptionRecorder } from "./optionRecorder.ts";
import { PositionRecorder } from "./positionRecorder.ts";
import { TickerRecorder } from "./tickerRecorder.ts";
import { TradeRecorder } from "./tradeRecorder.ts";

/** When in a step its book message is sent, µs from the step's start, and by how much that varies. */
const BOOK_MESSAGE_MICROS = 85_000;
const BOOK_JITTER_MICROS = 5_000;
/** How long the book channel is away when the recorder reconnects, steps. */
const RECONNECT_STEPS = 15;
/** Minutes between two snapshots of all accounts. */
const POSITION_MINUTES = 10;

/** One stream of one instrument. */
export interface RecordedStream {
  readonly stream: StreamName;
  /** `venue:SYMBOL`. */
  readonly instrument: string;
}

/** What a recorder needs to know. */
export interface DayRecorderOptions {
  readonly market: Market;
  readonly seed: number;
  /** When the recording starts, µs. */
  readonly from: Micros;
  /** Step of the recording at which it loses the book channel of the perpetual. */
  readonly reconnectStep: number;
  /** At most one print a second. */
  readonly throttlePrints: boolean;
  /** Streams to record; default all. The rows of one do not depend on which others are recorded. */
  readonly only?: RecordedStream;
  readonly emit: (batch: Batch) => void;
}

/** The recorders of one market. */
interface VenueRecorders {
  readonly exchange: Exchange;
  readonly book: BookRecorder | undefined;
  readonly trades: TradeRecorder | undefined;
  readonly random: CounterRandom;
}

/**
 * The recorder at the end of the line. Within a step: the ticker (each second), the option chain (each minute) and the accounts (every ten) as they stand when the
 * step starts, then its trades and prints, then one book message. So a trade is heard of before the book that it changed,
 * by up to 90 ms, as on venues that aggregate their book channel. Batches are given away as they fill: nothing holds the day.
 */
export class DayRecorder {
  readonly #options: DayRecorderOptions;
  readonly #perpetual: VenueRecorders;
  readonly #venues: readonly VenueRecorders[];
  readonly #tickers: TickerRecorder | undefined;
  readonly #chain: OptionRecorder | undefined;
  readonly #positions: PositionRecorder | undefined;

  /** Starts with a snapshot of the market's books. */
  constructor(options: DayRecorderOptions) {
    const { market, emit, from, seed } = options;
    const { perpetual, spot } = market;
    this.#options = options;
    this.#perpetual = this.#recordersOf(perpetual);
    this.#venues = [this.#perpetual, this.#recordersOf(spot)];
    const { id } = perpetual.instrument;
    const wants = (stream: StreamName, instrument = id): boolean =>
      isWanted(options, stream, instrument);
    this.#tickers = wants("tickers")
      ? new TickerRecorder({ market, connection: this.#connect(`${id} tickers`), emit })
      : undefined;
    const chain = market.options.traded.options;
    this.#chain =
      chain !== undefined && wants("options", chain.id)
        ? new OptionRecorder({
            market,
            chain,
            from,
            random: new CounterRandom(seed, "options"),
            connection: this.#connect(`${chain.id} options`),
            emit,
          })
        : undefined;
    this.#positions = wants("positions")
      ? new PositionRecorder({ market, connection: this.#connect(`${id} positions`), emit })
      : undefined;
    for (const { book } of this.#venues) book?.snapshot(from, 0);
  }

  /** Runs and records a step of the market. Steps count from the start of the recording. */
  advance(step: number): void {
    const { market, from, reconnectStep } = this.#options;
    const start = from + step * STEP_MICROS;
    if (step % STEPS_PER_SECOND === 0) this.#tickers?.record(start, step);
    if (step % STEPS_PER_MINUTE === 0) this.#chain?.record(start, step);
    if (step % (POSITION_MINUTES * STEPS_PER_MINUTE) === 0) this.#positions?.record(start, step);
    market.advance();
    for (const venue of this.#venues) {
      const { exchange, book, trades, random } = venue;
      trades?.record(exchange.fills, {
        stepStart: start,
        step,
        events: market.liquidations.events,
      });
      if (book === undefined) continue;
      const end = start + BOOK_MESSAGE_MICROS + random.at(step).integer(0, 0, BOOK_JITTER_MICROS);
      const away = venue === this.#perpetual ? step - reconnectStep : -1;
      // A snapshot has the lane of a message of its own step.
      if (away === RECONNECT_STEPS) book.snapshot(end, step + 1);
      else if (away >= 0 && away < RECONNECT_STEPS) book.miss();
      else book.update(end, step + 1);
    }
  }

  finish(): void {
    for (const { book, trades } of this.#venues) {
      book?.finish();
      trades?.finish();
    }
    this.#tickers?.finish();
    this.#chain?.finish();
    this.#positions?.finish();
  }

  #recordersOf(exchange: Exchange): VenueRecorders {
    const { emit, throttlePrints, seed, market } = this.#options;
    const { instrument } = exchange;
    const wants = (stream: StreamName): boolean => isWanted(this.#options, stream, instrument.id);
    const prints = exchange === market.perpetual && wants("liquidations");
    const book = wants("book")
      ? new BookRecorder({
          book: exchange.book,
          instrument,
          connection: this.#connect(`${instrument.id} book`),
          emit,
        })
      : undefined;
    const isTrades = wants("trades");
    const trades =
      isTrades || prints
        ? new TradeRecorder({
            instrument,
            ledger: exchange.ledger,
            connection: this.#connect(`${instrument.id} trades`),
            prints,
            throttlePrints,
            // Prints bear the ids of trades, which are counted whether they are wanted or not.
            emit: (batch) => {
              if (batch.stream === "liquidations" || isTrades) emit(batch);
            },
          })
        : undefined;
    return { exchange, book, trades, random: new CounterRandom(seed, `${instrument.id} messages`) };
  }

  #connect(channel: string): Connection {
    return new Connection(new CounterRandom(this.#options.seed, `latency of ${channel}`));
  }
}

const isWanted = ({ only }: DayRecorderOptions, stream: StreamName, instrument: string): boolean =>
  only === undefined || (only.stream === stream && only.instrument === instrument);
