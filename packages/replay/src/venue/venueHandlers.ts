import type { Batch, StreamName } from "@aftershock/schema";
import type { OrderBook } from "../book/orderBook.ts";
import { isBatchOf } from "../isBatchOf.ts";
import type { IntervalHandler, ReplayHandlers, RowsHandler } from "../replayOptions.ts";
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

type OnBook = NonNullable<ReplayHandlers["onBook"]>;

/** Calls back only where the best bid or ask is at another price than at the call before, or the book is newly valid or not. */
function onTouch(onBook: OnBook): OnBook {
  const last = new Map<OrderBook, readonly (number | boolean)[]>();
  return (book, at) => {
    const touch = [book.valid, book.bidSide.bestPrice, book.askSide.bestPrice];
    const before = last.get(book) ?? [false, Number.NaN, Number.NaN];
    if (touch.every((part, index) => Object.is(part, before[index]))) return;
    last.set(book, touch);
    onBook(book, at);
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
    const { interval, onBook: own, wake } = this.#study;
    const onBook = wake === "touch" && own !== undefined ? onTouch(own) : own;
    return {
      on: this.#rowHandlers,
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
