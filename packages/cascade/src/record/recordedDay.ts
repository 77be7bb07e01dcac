import type { OrderBook, ReplayHandlers } from "@aftershock/replay";
import { sizeThrough } from "@aftershock/replay";
import {
  type Batch,
  BUY,
  ConfigError,
  decimalToNumber,
  type EventStream,
  type Instrument,
  type Micros,
  micros,
  MICROS_PER_SECOND,
  SELL,
  type StreamName,
} from "@aftershock/schema";
import { DEPTH_BAND_BPS, type RecordedStep } from "../counterfactual/recordedStep.ts";
import { BestPrices, type PriceOrigin } from "./bestPrices.ts";
import { DepthProxy } from "./depthProxy.ts";
import { type ForcedPrint, forcedPrintOf } from "./forcedPrint.ts";
import { quoteNotional } from "./notional.ts";
import { type GapReason, type RecordGap, RecordGaps } from "./recordGaps.ts";

/** Length of a step unless said otherwise, µs: that of the prototype and of the engine's throttle (COUNTERFACTUAL.md). */
export const RECORD_STEP_MICROS = 100_000;
/** How often the depth of a book is counted, µs: to walk its band at every step would cost more than to replay the day. */
const DEPTH_EVERY_MICROS: number = MICROS_PER_SECOND;
/** Best prices, marks and indices older than this are not taken to stand, µs. */
const MOST_AGE_MICROS: number = 60 * MICROS_PER_SECOND;

/** What stands in for what was not recorded. Each is named in the summary. */
export interface StandIns {
  /** For a mark that is missing or too old: the mid. Default: such steps are left out. */
  readonly mark?: "mid";
  /** For an index that is missing or too old: the mark. Default: such steps are left out. */
  readonly index?: "mark";
}

/** What was traded in a step. Quote currency, 0 or more unless said to be signed. */
export interface StepFlow {
  /** What takers bought less what they sold, forced orders among them; signed. Trades without an aggressor are left out. */
  readonly taken: number;
  /** All trades. */
  readonly traded: number;
  /** Forced orders that hit the book, as printed: bought less sold; signed. */
  readonly printed: number;
  /** What takers bought and sold. */
  readonly bought: number;
  readonly sold: number;
  /** Open interest as last told by the end of the step, in base currency (of an inverse contract in quote currency); NaN for unknown. */
  readonly openInterest: number;
}

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
  readonly #proxy = new DepthProxy();
  readonly #gaps: RecordGaps;
  readonly #sums = { market: noSums(), backstop: noSums(), adl: noSums() };
  #mark = Number.NaN;
  #markAt = Number.NEGATIVE_INFINITY;
  #index = Number.NaN;
  #indexAt = Number.NEGATIVE_INFINITY;
  #openInterest = Number.NaN;
  #bidDepth = 0;
  #askDepth = 0;
  #depthAt = Number.NEGATIVE_INFINITY;
  #bought = 0;
  #sold = 0;
  #unsidedNow = 0;
  #printed = 0;
  #unsided = 0;
  #steps = 0;
  #from = Number.NaN;
  #to = Number.NaN;
  #markStoodIn = 0;
  #indexStoodIn = 0;

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
          if (isOwn(batch)) this.#takeTickers(batch, from, to, times);
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
      standIns: { mark: this.#markStoodIn, index: this.#indexStoodIn },
      prints: hasPrints
        ? { market: { ...market }, backstop: { ...backstop }, adl: { ...adl } }
        : undefined,
      unsided: this.#unsided,
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
    const { price, side, size } = batch.columns;
    const makesPrices = this.#origin === "trades";
    for (let row = from; row < to; row += 1) {
      const at = times[row] ?? Number.NaN;
      const notional = quoteNotional(
        this.#instrument,
        size[row] ?? Number.NaN,
        price[row] ?? Number.NaN,
      );
      if (side[row] === BUY) this.#bought += notional;
      else if (side[row] === SELL) this.#sold += notional;
      else this.#unsidedNow += notional;
      if (this.#origin !== "book") this.#proxy.trade(at, notional);
      if (makesPrices && this.#best.trade(batch, row, at)) this.#tellTouch(at);
    }
  }

  #takeTickers({ columns }: Batch<"tickers">, from: number, to: number, times: Float64Array): void {
    const { markPrice, indexPrice, openInterest } = columns;
    for (let row = from; row < to; row += 1) {
      const at = times[row] ?? Number.NaN;
      const [mark, index, open] = [markPrice[row], indexPrice[row], openInterest[row]];
      if (mark !== undefined && mark > 0) {
        this.#mark = mark;
        this.#markAt = at;
      }
      if (index !== undefined && index > 0) {
        this.#index = index;
        this.#indexAt = at;
      }
      if (open !== undefined && open >= 0) this.#openInterest = open;
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
      if (method === "market") this.#printed += side * notional;
      this.#options.onPrint?.(print);
    }
  }

  /** A step is over at `at`. */
  #endStep(at: number, books: readonly OrderBook[]): void {
    const [bought, sold, printed] = [this.#bought, this.#sold, this.#printed];
    const unsided = this.#unsidedNow;
    this.#bought = 0;
    this.#sold = 0;
    this.#printed = 0;
    this.#unsidedNow = 0;
    this.#unsided += unsided;
    const { bid, ask } = this.#best;
    const mid = this.#best.mid * this.#tick;
    const mark = this.#markOr(mid, at);
    const index = this.#indexOr(mark, at);
    const heard = books[this.#bookPlace]?.at ?? this.#best.at;
    const reason = this.#reason(at, { mark, index, heard });
    if (reason !== undefined) {
      this.#gaps.miss(at, reason);
      return;
    }
    this.#measureDepth(at, books[this.#bookPlace]);
    const [bidDepth, askDepth] = [this.#bidDepth, this.#askDepth];
    if (this.#steps === 0) this.#from = at - this.#stepMicros;
    this.#steps += 1;
    this.#to = at;
    this.#options.onStep?.(
      { at: micros(at), bid, ask, mark, index, bidDepth, askDepth },
      {
        taken: bought - sold,
        traded: bought + sold + unsided,
        printed,
        bought,
        sold,
        openInterest: this.#openInterest * this.#instrument.multiplier,
      },
    );
  }

  #markOr(mid: number, at: number): number {
    if (at - this.#markAt <= this.#mostAge) return this.#mark;
    if (this.#options.standIns?.mark === undefined) return Number.NaN;
    this.#markStoodIn += 1;
    return mid;
  }

  #indexOr(mark: number, at: number): number {
    if (at - this.#indexAt <= this.#mostAge) return this.#index;
    if (this.#options.standIns?.index === undefined) return Number.NaN;
    this.#indexStoodIn += 1;
    return mark;
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

  #measureDepth(at: number, book: OrderBook | undefined): void {
    const { mid, bidQuoted, askQuoted } = this.#best;
    if (this.#origin !== "book" || book === undefined) {
      this.#bidDepth = this.#proxy.depth(at, bidQuoted);
      this.#askDepth = this.#proxy.depth(at, askQuoted);
      return;
    }
    if (Math.floor(at / DEPTH_EVERY_MICROS) === Math.floor(this.#depthAt / DEPTH_EVERY_MICROS)) {
      return;
    }
    this.#depthAt = at;
    const band = DEPTH_BAND_BPS / 1e4;
    const [bids, asks] = [
      sizeThrough(book.bidSide, mid * (1 - band)),
      sizeThrough(book.askSide, mid * (1 + band)),
    ];
    this.#bidDepth = quoteNotional(this.#instrument, bids, mid);
    this.#askDepth = quoteNotional(this.#instrument, asks, mid);
  }
}

function originOf(hasBook: boolean, has: (name: StreamName) => boolean): PriceOrigin | undefined {
  if (hasBook) return "book";
  if (has("quotes")) return "quotes";
  return has("trades") ? "trades" : undefined;
}
