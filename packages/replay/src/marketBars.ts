import {
  ConfigError,
  type Clock,
  type EventStream,
  type Instrument,
  type Micros,
} from "@aftershock/schema";
import type { OrdersStart } from "./book/ordersBook.ts";
import type { OrderBook } from "./book/orderBook.ts";
import type { LiquidationPrint, MarketBar } from "./marketBar.ts";
import { MarketBarBuilder } from "./marketBarBuilder.ts";
import { replay } from "./replay.ts";
import { bookStreams, levelsStream } from "./replayedBook.ts";
import type { ReplayProgress } from "./replayOptions.ts";
import type { ReplayResult } from "./replayResult.ts";

/** How to make bars. */
export interface MarketBarsOptions {
  /** Length of a bar, µs, whole and above 0. */
  readonly every: Micros;
  /** Half-width of the band around the mid in which depth is counted, 1e-4 of the mid; 10 by default. */
  readonly bandBps?: number;
  /** `recv` by default. */
  readonly clock?: Clock;
  /** As in a replay. */
  readonly ordersStart?: OrdersStart;
  /** As in a replay: the first bar is the one that holds the first event at or after it, µs. */
  readonly from?: Micros;
  /** As in a replay: exclusive, µs. */
  readonly to?: Micros;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/** The bars of one instrument, and what they were made from. */
export interface MarketBars {
  /** In order of time, none left out from the first event to the last. */
  readonly bars: readonly MarketBar[];
  /** Every recorded forced order, in order of time. */
  readonly prints: readonly LiquidationPrint[];
  readonly replay: ReplayResult;
}

function onlyInstrument(streams: readonly EventStream[]): Instrument {
  const [first] = streams;
  if (
    first !== undefined &&
    streams.every(({ instrument }) => instrument.id === first.instrument.id)
  ) {
    return first.instrument;
  }
  const ids = [...new Set(streams.map(({ instrument }) => instrument.id))];
  throw new ConfigError(
    `Bars are of one instrument, and the streams are of ${ids.join(", ") || "none"}`,
    {
      hints: ["Make the bars of each instrument by themselves."],
    },
  );
}

/**
 * Sums one market up in bars of equal length: mid, depth and spread from its book (or where none is given its orders), volume from its trades, forced orders from its
 * liquidations, the mark from its tickers. What is not given is absent from the bars; other streams are
 * replayed and hashed, and add nothing.
 *
 * Throws ConfigError unless all streams are of one instrument, for an impossible length of a bar, and as `replay` does.
 *
 * ```ts
 * const { bars } = await marketBars([book, trades], { every: micros(60_000_000), bandBps: 25 });
 * ```
 */
export async function marketBars(
  streams: readonly EventStream[],
  options: MarketBarsOptions,
): Promise<MarketBars> {
  const { every, bandBps = 10, ...window } = options;
  const builder = new MarketBarBuilder(onlyInstrument(streams), {
    bandBps,
    given: new Set(streams.map(({ stream }) => stream)),
  });
  const levels = levelsStream(streams);
  const place = bookStreams(streams).findIndex(({ stream }) => stream === levels);
  const result = await replay(streams, {
    ...window,
    handlers: {
      [levels === "orders" ? "onOrders" : "onBook"]: (book: OrderBook) => builder.takeBook(book),
      on: {
        trades: (batch, from, to) => builder.takeTrades(batch, from, to),
        liquidations: (...rows) => builder.takeLiquidations(...rows),
        tickers: (batch, from, to) => builder.takeTickers(batch, from, to),
      },
      interval: { every, onEnd: (start, books) => builder.endBar(start, books[place]) },
    },
  });
  return { bars: builder.bars, prints: builder.prints, replay: result };
}
