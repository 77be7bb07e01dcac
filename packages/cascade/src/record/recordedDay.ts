import type { OrderBook, ReplayHandlers } from "@aftershock/replay";
import {
  type Batch,
  ConfigError,
  decimalToNumber,
  type EventStream,
  type Instrument,
  type Micros,
  micros,
  MICROS_PER_SECOND,
  type StreamName,
} from "@aftershock/schema";
import type { RecordedStep } from "../counterfactual/recordedStep.ts";
import { BestPrices, type PriceOrigin } from "./bestPrices.ts";
import { type ForcedPrint, forcedPrintOf } from "./forcedPrint.ts";
import { RecordedDepth } from "./recordedDepth.ts";
import { type GapReason, type RecordGap, RecordGaps } from "./recordGaps.ts";
import { FlowSums, type StepFlow } from "./stepFlow.ts";
import { type StandIns, TickerView } from "./tickerView.ts";

/** Length of a step unless said otherwise, µs: that of the prototype and of the engine's throttle (COUNTERFACTUAL.md). */
export const RECORD_STEP_MICROS = 100_000;
/** Best prices, marks and indices older than this are not taken to stand, µs. */
const MOST_AGE_MICROS: number = 60 * MICROS_PER_SECOND;

/** How a record is taken. */
export interface RecordedDayOptions {
  /** `venue:SYMBOL` of the perpetual, whose streams are among those that are replayed. */
  readonly instrument: string;
  /** Length of a step, µs, whole and above 0; steps end at its multiples. Default 100 ms. */
  readonly stepMicros?: number;
  /** How old best prices, mark and index may be, µs. Default 60 s. */
  readonly mostAgeMicros?: number;
  /** Default: none. */
  readonly standIns?: StandIns;
  /** Each step that can be used, in order. */
  readonly onStep?: (step: RecordedStep, flow: StepFlow) => void;
  /** Each change of the best prices where both are known, ticks, after the step before it: what a hash of the record is made of. */
  readonly onTouch?: (bid: number, ask: number, at: Micros) => void;
  /** Each liquidation print, of every method, in order. */
  readonly onPrint?: (print: ForcedPrint) => void;
}

/** Sums over liquidation prints of one method. */
export interface PrintSums {
  readonly prints: number;
  /** Quote currency. */
  readonly sold: number;
  readonly bought: number;
}

/** What a record is, after a replay of it. */
export interface RecordSummary {
  readonly instrument: Instrument;
  readonly stepMicros: number;
  /** Steps that were handed over. */
  readonly steps: number;
  /** Start of the first of them and end of the last, µs; undefined without any. */
  readonly from: Micros | undefined;
  readonly to: Micros | undefined;
  /** Stretches that were left out. */
  readonly gaps: readonly RecordGap[];
  readonly prices: PriceOrigin;
  /** `band`: what rests within DEPTH_BAND_BPS, counted once a second. `proxy`: see DepthProxy; never to be shown as a depth. */
  readonly depth: "band" | "proxy";
  /** Steps at which something stood in for a mark or an index. */
  readonly standIns: { readonly mark: number; readonly index: number };
  /** Prints by where they went; those of backstop and ADL are the placebo: the same loss without flow. Undefined where the stream is not there. */
  readonly prints:
    | { readonly market: PrintSums; readonly backstop: PrintSums; readonly adl: PrintSums }
    | undefined;
  /** Notional of trades that do not say who was the aggressor, quote currency. */
  readonly unsided: number;
}

interface Sums {
  prints: number;
  sold: number;
  bought: number;
}
const noSums = (): Sums => ({ prints: 0, sold: 0, bought: 0 });

/**
 * A recorded day of one perpetual in even steps, as a counterfactual takes it: best prices, mark, index, depth, what was traded and what of it was forced. Fed by a replay, in
 * which it is one more listener; nothing is kept of the day.
 *
 * Best prices come of its book, else of its quotes, else of its trades. Mark, index and open interest come of its tickers as last known, whose pace is the finest at which a mark is known: venues' own
 * engines see marks in between. Depth is what rests within the band of DEPTH_BAND_BPS around the mid; without a book a proxy of it, named as such.
 * Steps at which prices, mark or index are not known are left out and reported.
 *
 * ```ts
 * const day = new RecordedDay(streams, { instrument: "binance-usdm:BTCUSDT", onStep: (step) => run.step(step), onTouch: (bid, ask, at) => run.touch(bid, ask, at) });
 * await replay(streams, { handlers: day.handlers });
 * day.summary.gaps;
 * ```
 */
export class RecordedDay {
  readonly #options: RecordedDayOptions;
  readonly #streams: readonly EventStream[];
  readonly #instrument: Instrument;
  readonly #stepMicros: number;
  readonly #mostAge: number;
  readonly #origin: PriceOrigin;
  readonly #tick: number;
  /** Place of the book among those of the replay, and of its stream among all streams. */
  readonly #bookPlace: number;
  readonly #bookSource: number;
  readonly #best: BestPrices;
  readonly #tickers: TickerView;
  readonly #depth: RecordedDepth;
  readonly #flow: FlowSums;
  readonly #gaps: RecordGaps;
  readonly #sums = { market: noSums(), backstop: noSums(), adl: noSums() };
  #steps = 0;
  #from = Number.NaN;
  #to = Number.NaN;

  /**
   * `streams`: those that will be replayed, in the same order. Throws ConfigError where none of the perpetual's streams tells prices, where it has no tickers and nothing
   * stands in for the mark, or for a step that is none.
   */
  constructor(streams: readonly EventStream[], options: RecordedDayOptions) {
    const { instrument: id, stepMicros = RECORD_STEP_MICROS, mostAgeMicros } = options;
    const own = streams.filter(({ instrument }) => instrument.id === id);
    const has = (name: StreamName): boolean => own.some(({ stream }) => stream === name);
    const instrument = own[0]?.instrument;
    const isBook = ({ stream }: EventStream): boolean => stream === "book" || stream === "orders";
    const origin = originOf(own.some(isBook), has);
    if (instrument === undefined || origin === undefined) {
      throw new ConfigError(`Nothing tells the prices of ${id}`, {
        hints: ["Replay its book, its orders, its quotes or its trades."],
      });
    }
    if (!has("tickers") && options.standIns?.mark === undefined) {
      throw new ConfigError(`${id} has no tickers: its mark is not known`, {
        hints: ["Replay its tickers, or say that the mid stands in for its mark."],
      });
    }
    if (!Number.isSafeInteger(stepMicros) || stepMicros <= 0) {
      throw new ConfigError(`A step of ${stepMicros} µs is not possible`, {
        hints: ["Give a whole number of microseconds above 0, such as 100_000."],
      });
    }
    this.#options = options;
    this.#streams = streams;
    this.#instrument = instrument;
    this.#stepMicros = stepMicros;
    this.#mostAge = mostAgeMicros ?? MOST_AGE_MICROS;
    this.#origin = origin;
    this.#tick = decimalToNumber(instrument.tick);
    const isOwn = (stream: EventStream): boolean => isBook(stream) && stream.instrument.id === id;
    this.#bookPlace = streams.filter(isBook).findIndex(isOwn);
    this.#bookSource = streams.findIndex(isOwn);
    this.#best = new BestPrices(instrument);
    this.#tickers = new TickerView(this.#mostAge, options.standIns ?? {});
    this.#depth = new RecordedDepth(instrument);
    this.#flow = new FlowSums(instrument);
    this.#gaps = new RecordGaps(stepMicros);
  }

  /** What a replay of the streams has to call. */
  get handlers(): ReplayHandlers {
    const isOwn = ({ instrument }: Batch): boolean => instrument.id === this.#instrument.id;
    const every = this.#stepMicros;
    return {
      wake: "touch",
      ...(this.#origin === "book"
        ? { onTouch: (bid, ask, at, source) => this.#touchBook(bid, ask, at, source) }
        : {}),
      interval: { every, onEnd: (start, books) => this.#endStep(start + every, books) },
      on: {
        trades: (batch, from, to, times) => {
          if (isOwn(batch)) this.#takeTrades(batch, from, to, times);
        },
        tickers: (batch, from, to, times) => {
          if (isOwn(batch)) this.#tickers.take(batch, from, to, times);
        },
        liquidations: (batch, from, to, times) => {
          if (isOwn(batch)) this.#takePrints(batch, from, to, times);
        },
        ...(this.#origin === "quotes"
          ? {
              quotes: (batch: Batch<"quotes">, from: number, to: number, times: Float64Array) => {
                if (isOwn(batch)) this.#takeQuotes(batch, from, to, times);
              },
            }
          : {}),
      },
    };
  }

  /** What the record was, up to the last step. */
  get summary(): RecordSummary {
    const hasPrints = this.#streams.some(
      ({ stream, instrument }) =>
        stream === "liquidations" && instrument.id === this.#instrument.id,
    );
    const { market, backstop, adl } = this.#sums;
    return {
      instrument: this.#instrument,
      stepMicros: this.#stepMicros,
      steps: this.#steps,
      from: this.#steps === 0 ? undefined : micros(this.#from),
      to: this.#steps === 0 ? undefined : micros(this.#to),
      gaps: this.#gaps.list,
      prices: this.#origin,
      depth: this.#origin === "book" ? "band" : "proxy",
      standIns: this.#tickers.stoodIn,
      prints: hasPrints
        ? { market: { ...market }, backstop: { ...backstop }, adl: { ...adl } }
        : undefined,
      unsided: this.#flow.unsided,
    };
  }

  #touchBook(bid: number, ask: number, at: Micros, source: number): void {
    if (source !== this.#bookSource) return;
    this.#best.set(bid, ask, at);
    this.#tellTouch(at);
  }

  #tellTouch(at: number): void {
    const { bid, ask } = this.#best;
    if (bid > 0 && ask > 0) this.#options.onTouch?.(bid, ask, micros(at));
  }

  #takeQuotes(batch: Batch<"quotes">, from: number, to: number, times: Float64Array): void {
    for (let row = from; row < to; row += 1) {
      const at = times[row] ?? Number.NaN;
      if (this.#best.quote(batch, row, at)) this.#tellTouch(at);
    }
  }

  #takeTrades(batch: Batch<"trades">, from: number, to: number, times: Float64Array): void {
    const { columns } = batch;
    const hasBook = this.#origin === "book";
    const makesPrices = this.#origin === "trades";
    for (let row = from; row < to; row += 1) {
      const notional = this.#flow.trade(columns, row);
      if (hasBook) continue;
      const at = times[row] ?? Number.NaN;
      this.#depth.trade(at, notional);
      if (makesPrices && this.#best.trade(batch, row, at)) this.#tellTouch(at);
    }
  }

  #takePrints(batch: Batch<"liquidations">, from: number, to: number, times: Float64Array): void {
    for (let row = from; row < to; row += 1) {
      const at = { time: times[row] ?? Number.NaN, mid: this.#best.mid };
      const print = forcedPrintOf(batch, row, at);
      if (print === undefined) continue;
      const { method, side, notional } = print;
      const sums = this.#sums[method];
      sums.prints += 1;
      if (side > 0) sums.bought += notional;
      else sums.sold += notional;
      if (method === "market") this.#flow.print(side * notional);
      this.#options.onPrint?.(print);
    }
  }

  /** A step is over at `at`. */
  #endStep(at: number, books: readonly OrderBook[]): void {
    const flow = this.#flow.end(this.#tickers.openInterest);
    const book = books[this.#bookPlace];
    const { mark, index } = this.#tickers.prices(at, this.#best.mid * this.#tick);
    const reason = this.#reason(at, { mark, index, heard: book?.at ?? this.#best.at });
    if (reason !== undefined) {
      this.#gaps.miss(at, reason);
      return;
    }
    this.#depth.measure(at, this.#best, book);
    if (this.#steps === 0) this.#from = at - this.#stepMicros;
    this.#steps += 1;
    this.#to = at;
    const { bid, ask } = this.#best;
    const [bidDepth, askDepth] = [this.#depth.bid, this.#depth.ask];
    this.#options.onStep?.({ at: micros(at), bid, ask, mark, index, bidDepth, askDepth }, flow);
  }

  /** Why a step cannot be used; undefined where it can. */
  #reason(
    at: number,
    { mark, index, heard }: { mark: number; index: number; heard: number },
  ): GapReason | undefined {
    const { bid, ask } = this.#best;
    if (!(bid > 0 && ask > 0)) return "noPrices";
    if (!(bid < ask)) return "crossed";
    if (at - heard > this.#mostAge) return "silent";
    if (!(mark > 0)) return "noMark";
    return index > 0 ? undefined : "noIndex";
  }
}

function originOf(hasBook: boolean, has: (name: StreamName) => boolean): PriceOrigin | undefined {
  if (hasBook) return "book";
  if (has("quotes")) return "quotes";
  return has("trades") ? "trades" : undefined;
}
