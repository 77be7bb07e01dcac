import type { Batch, StreamName } from "@aftershock/schema";
import type { OnMessage } from "../book/l2Book.ts";
import type { OrderBook } from "../book/orderBook.ts";
import { isBatchOf } from "../isBatchOf.ts";
import type {
  IntervalHandler,
  OnTouch,
  ReplayHandlers,
  RowsHandler,
  TimerHandler,
} from "../replayOptions.ts";
import type { StudyVenue } from "./studyVenue.ts";

type StreamHandlers = NonNullable<ReplayHandlers["on"]>;

const NOTHING: StreamHandlers = {};

/** Lets everything happen at several venues that is due before `at`, µs, in one order of time; at one instant venue by venue. */
function advanceAll(venues: readonly StudyVenue[], at: number): void {
  for (;;) {
    let first: StudyVenue | undefined;
    for (const venue of venues) {
      if (venue.nextAt < at && !(venue.nextAt >= (first?.nextAt ?? at))) first = venue;
    }
    if (first === undefined) break;
    // What one venue tells the study may make it send a request to another: one instant at a time.
    first.finish(first.nextAt);
  }
  for (const venue of venues) venue.advance(at);
}

/** Calls back only where the best bid or ask is at another price than at the call before, or the book is newly valid or not. */
function onMoves<Book extends OrderBook>(onBook: OnMessage<Book>): OnMessage<Book> {
  const last = new Map<Book, readonly (number | boolean)[]>();
  return (book, at) => {
    const touch = [book.valid, book.bidSide.bestPrice, book.askSide.bestPrice];
    const before = last.get(book) ?? [false, Number.NaN, Number.NaN];
    if (touch.every((part, index) => Object.is(part, before[index]))) return;
    last.set(book, touch);
    onBook(book, at);
  };
}

/** Calls back only where the best bid or ask of a source is at another price than at the call before, as `wake: "touch"` does. */
export function onPriceMoves(onTouch: OnTouch): OnTouch {
  const last = new Map<number, readonly [bid: number, ask: number]>();
  return (bid, ask, at, source) => {
    const [bidBefore, askBefore] = last.get(source) ?? [Number.NaN, Number.NaN];
    if (Object.is(bid, bidBefore) && Object.is(ask, askBefore)) return;
    last.set(source, [bid, ask]);
    onTouch(bid, ask, at, source);
  };
}

/** Gives row `row` to a venue. Books come by themselves, at ends of messages. */
function giveRow(venue: StudyVenue, batch: Batch, row: number, at: number): void {
  if (isBatchOf(batch, "trades")) {
    const { side, price, size } = batch.columns;
    const aggressor = side[row] === 1 ? 1 : side[row] === -1 ? -1 : 0;
    const priceTicks = price[row] ?? Number.NaN;
    venue.onTrade({ at, side: aggressor, price: priceTicks, size: size[row] ?? 0 });
  } else if (isBatchOf(batch, "tickers")) {
    venue.onMark(batch.columns.markPrice[row] ?? Number.NaN, at);
  }
}

/** The handlers of a study with its venues: what they share. */
class VenueReplay {
  readonly #venues: readonly StudyVenue[];
  readonly #byInstrument: ReadonlyMap<string, readonly StudyVenue[]>;
  readonly #study: ReplayHandlers;

  constructor(venues: readonly StudyVenue[], study: ReplayHandlers) {
    this.#venues = venues;
    this.#byInstrument = Map.groupBy(venues, ({ instrument }) => instrument.id);
    this.#study = study;
  }

  get handlers(): ReplayHandlers {
    const { interval, timer, onBook: own, onTouch, onOrders, wake } = this.#study;
    const moves = wake === "touch";
    const onBook = moves && own !== undefined ? onMoves(own) : own;
    return {
      on: this.#rowHandlers,
      ...(onOrders && { onOrders: moves ? onMoves(onOrders) : onOrders }),
      ...(onTouch && { onTouch: moves ? onPriceMoves(onTouch) : onTouch }),
      ...(timer === undefined ? {} : { timer: this.#timer(timer) }),
      onBook: (book, at) => {
        for (const venue of this.#of(book.instrument.id)) venue.onBook(book, at);
        onBook?.(book, at);
      },
      ...(interval === undefined ? {} : { interval: this.#interval(interval) }),
    };
  }

  get #rowHandlers(): StreamHandlers {
    return {
      gas: this.#rows("gas"),
      oracles: this.#rows("oracles"),
      tickers: this.#rows("tickers"),
      orders: this.#rows("orders"),
      book: this.#rows("book"),
      quotes: this.#rows("quotes"),
      options: this.#rows("options"),
      trades: this.#rows("trades"),
      fills: this.#rows("fills"),
      liquidations: this.#rows("liquidations"),
      chain: this.#rows("chain"),
      positions: this.#rows("positions"),
      candles: this.#rows("candles"),
      measures: this.#rows("measures"),
    };
  }

  /** Rows one by one, so that the study can answer each before the next happens; at once where nobody asks for them. */
  #rows<S extends StreamName>(stream: S): RowsHandler<S> {
    const own: StreamHandlers[S] = (this.#study.on ?? NOTHING)[stream];
    const isForVenues = stream === "trades" || stream === "tickers";
    return (batch, from, to, times) => {
      const venues = this.#of(batch.instrument.id);
      const isAsked = own !== undefined || (isForVenues && venues.length > 0);
      for (let row = isAsked ? from : to - 1; row < to; row += 1) {
        const at = times[row] ?? Number.NaN;
        advanceAll(this.#venues, at);
        for (const venue of venues) {
          venue.onFeed(
            batch.columns.tsEvent[row] ?? Number.NaN,
            batch.columns.tsRecv[row] ?? Number.NaN,
          );
          giveRow(venue, batch, row, at);
        }
        own?.(batch, row, row + 1, times);
      }
    };
  }

  #interval({ every, onEnd }: IntervalHandler): IntervalHandler {
    return {
      every,
      onEnd: (start, books) => {
        advanceAll(this.#venues, start + every);
        onEnd(start, books);
      },
    };
  }

  #timer({ first, onTime }: TimerHandler): TimerHandler {
    return {
      first,
      onTime: (at, books) => {
        advanceAll(this.#venues, at);
        return onTime(at, books);
      },
    };
  }

  #of(id: string): readonly StudyVenue[] {
    return this.#byInstrument.get(id) ?? [];
  }
}

/**
 * Handlers for a replay that tell venues of the recorded books, trades and marks of their instruments, and let a study act in between: the
 * study's own handlers are called after the venues', row by row, and hear of every event before the next one happens; `wake` is theirs, as
 * venues look at every message. Requests and
 * answers happen at their times, over all venues. Funding is not told: recordings differ in what they say of it, so that a study calls
 * `onFunding` itself. After the replay, `finish(at)` lets what is under way arrive.
 */
export const venueHandlers = (
  venues: readonly StudyVenue[],
  study: ReplayHandlers = {},
): ReplayHandlers => new VenueReplay(venues, study).handlers;
