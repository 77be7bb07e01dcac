import { ConfigError, type Clock, type EventStream, type Micros } from "@aftershock/schema";
import type { OrdersStart } from "../book/ordersBook.ts";
import type { OrderBook } from "../book/orderBook.ts";
import { replay } from "../replay.ts";
import { bookStreams } from "../replayedBook.ts";
import type { ReplayHandlers, ReplayProgress } from "../replayOptions.ts";
import type { ReplayResult } from "../replayResult.ts";
import { featureColumns } from "./featureColumns.ts";
import { type FeatureBatch, FeatureTable } from "./featureTable.ts";
import { InstrumentFeatures, type IsRecorded } from "./instrumentFeatures.ts";

/** How to make bars of features. */
export interface FeatureBarsOptions {
  /** Length of a bar, µs, whole and above 0. */
  readonly every: Micros;
  /** Levels a side, 1 … 100; 10 by default. */
  readonly depth?: number;
  /**
   * Takes the next bars. It must have taken what it needs when it returns, for the replay goes on at once and uses the arrays again: so
   * the memory is that of one batch, however long a stretch of bars without events is.
   */
  readonly onBars: (batch: FeatureBatch) => void;
  /**
   * Whether a stream was recorded in a bar. Where it was not and nothing of it came, its columns are absent and not 0. By default every
   * stream that is given was recorded all the time.
   */
  readonly isRecorded?: IsRecorded;
  /** `recv` by default. */
  readonly clock?: Clock;
  /** As in a replay. */
  readonly ordersStart?: OrdersStart;
  /** As in a replay, µs: the first bar is the one that holds the first event at or after it. */
  readonly from?: Micros;
  /** As in a replay: exclusive, µs. */
  readonly to?: Micros;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** The most levels a side. */
export const MAX_FEATURE_DEPTH = 100;

function checkDepth(depth: number): void {
  if (Number.isInteger(depth) && depth >= 1 && depth <= MAX_FEATURE_DEPTH) return;
  throw new ConfigError(`Bars of ${depth} levels a side are not possible`, {
    hints: [`Give a whole number from 1 to ${MAX_FEATURE_DEPTH}.`],
  });
}

/** The features of each instrument, in the order in which the instruments come first among the streams. */
class Features {
  readonly #byId: ReadonlyMap<string, InstrumentFeatures>;
  readonly #streams: readonly EventStream[];

  constructor(
    streams: readonly EventStream[],
    shape: ConstructorParameters<typeof InstrumentFeatures>[2],
  ) {
    const byId = Map.groupBy(streams, ({ instrument }) => instrument.id);
    this.#streams = streams;
    this.#byId = new Map(
      [...byId].map(([id, own]) => [id, new InstrumentFeatures(id, own, shape)]),
    );
  }

  /** What listens to the replay: to the streams that are there, and to nothing else. */
  handlers(every: number, table: FeatureTable): ReplayHandlers {
    const byId = this.#byId;
    const has = (name: string): boolean => this.#streams.some(({ stream }) => stream === name);
    const hear =
      (levels: "book" | "orders") =>
      (book: OrderBook, at: Micros): void => {
        const instrument = byId.get(book.instrument.id);
        if (instrument?.levels === levels) instrument.book?.take(book, at);
      };
    const told = bookStreams(this.#streams);
    return {
      // Between two moves of the best prices nothing over time changes; all else is read at the ends of bars.
      ...(has("book") && { onBook: hear("book") }),
      ...(has("orders") && { onOrders: hear("orders") }),
      wake: "touch",
      on: {
        ...(has("trades") && {
          trades: (batch, from, to) => byId.get(batch.instrument.id)?.trades?.take(batch, from, to),
        }),
        ...(has("liquidations") && {
          liquidations: (batch, from, to) =>
            byId.get(batch.instrument.id)?.liquidations?.take(batch, from, to),
        }),
        ...(has("tickers") && {
          tickers: (batch, from, to) =>
            byId.get(batch.instrument.id)?.tickers?.take(batch, from, to),
        }),
      },
      interval: {
        every,
        onEnd: (start, books) => {
          for (const [place, book] of books.entries()) {
            const instrument = byId.get(book.instrument.id);
            if (instrument?.levels === told[place]?.stream) instrument?.book?.see(book);
          }
          for (const instrument of byId.values()) instrument.endBar(table, start);
        },
      },
    };
  }
}

/**
 * Replays streams and sums each instrument up in bars of equal length: a row an instrument and bar, from the bar of the first event to
 * that of the last, none left out. Bars start at multiples of their length since the epoch. The columns are FEATURE_DOCS'. Rows come in
 * order of time, at one time in the order in which the instruments are given. The replay is the one without bars: same counts, same hash.
 *
 * Prices are numbers in quote currency and sizes in the venue's unit: each is the double nearest to the decimal that the venue sent, so
 * that up to 15 digits its shortest text is that decimal, and `Math.round(price / tick)` its ticks. Sums of sizes are added up in lots,
 * which is exact below 2^53.
 *
 * Assumed: that a state holds to the end of its bar, also of the last bar, which the recording may end in the middle of; that a stream
 * was recorded wherever `isRecorded` does not say otherwise. With `from`, what the book was between `from` and its first message after it
 * is not known to the columns over time (`invalidMicros`, `timeWeightedSpread`); at the end of the bar it is.
 *
 * Throws ConfigError for an impossible length or depth, and as `replay` does.
 *
 * ```ts
 * await featureBars([book, trades], { every: micros(1_000_000), depth: 5, onBars: ({ values }) => write(values) });
 * ```
 */
export async function featureBars(
  streams: readonly EventStream[],
  options: FeatureBarsOptions,
): Promise<ReplayResult> {
  const { every, depth = 10, onBars, isRecorded = () => true, ...window } = options;
  checkDepth(depth);
  const table = new FeatureTable(featureColumns(depth), onBars);
  const features = new Features(streams, { every, depth, isRecorded });
  const result = await replay(streams, { ...window, handlers: features.handlers(every, table) });
  table.flush();
  return result;
}
