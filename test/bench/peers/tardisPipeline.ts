/**
 * Four streams through async generators that yield an object an event, merged by time, with an order book of tardis-dev: the way in which
 * feeds are replayed in JavaScript. The objects are those that tardis-dev's normalisers make, as far as anybody here reads them.
 */
import { BID, MESSAGE_END, SNAPSHOT_START } from "@aftershock/schema";
import type { BookRows } from "../syntheticBook.ts";
import type { PipelineStreams, Ticks } from "./pipelineStreams.ts";
import { type TardisBook, type TardisLevel, tardisDev } from "./tardisBook.ts";
import { TouchSum } from "./touchSum.ts";

/** When a message was received, as tardis-dev has it: to the millisecond, and the µs beside. */
type TardisDate = Date & { μs?: number };

/** What the messages of all kinds have. */
interface Received {
  readonly symbol: string;
  readonly exchange: string;
  readonly localTimestamp: TardisDate;
  /** The same, µs. */
  readonly micros: number;
}
type Message = Received &
  (
    | {
        readonly type: "book_change";
        readonly isSnapshot: boolean;
        readonly bids: TardisLevel[];
        readonly asks: TardisLevel[];
      }
    | { readonly type: "trade"; readonly price: number; readonly amount: number }
    | {
        readonly type: "derivative_ticker";
        readonly markPrice: number;
        readonly indexPrice: number;
      }
  );

/** Merges generators of messages by time. */
type Merge = (...streams: readonly AsyncGenerator<Message>[]) => AsyncIterable<Message>;

function received(symbol: string, micros: number): Received {
  const localTimestamp: TardisDate = new Date(Math.floor(micros / 1_000));
  localTimestamp.μs = micros % 1_000;
  return { symbol, exchange: "binance-futures", localTimestamp, micros };
}

async function* bookChanges(symbol: string, rows: BookRows): AsyncGenerator<Message> {
  let [bids, asks]: [TardisLevel[], TardisLevel[]] = [[], []];
  let isSnapshot = false;
  for (let row = 0; row < rows.length; row++) {
    const level = { price: rows.price[row]!, amount: rows.size[row]! };
    (rows.side[row] === BID ? bids : asks).push(level);
    if ((rows.flags[row]! & SNAPSHOT_START) !== 0) isSnapshot = true;
    if ((rows.flags[row]! & MESSAGE_END) === 0) continue;
    yield {
      type: "book_change",
      ...received(symbol, rows.tsRecv[row]!),
      isSnapshot,
      bids,
      asks,
    };
    [bids, asks] = [[], []];
    isSnapshot = false;
  }
}

async function* trades(symbol: string, rows: Ticks): AsyncGenerator<Message> {
  for (let row = 0; row < rows.length; row++) {
    const [price, amount] = [rows.price[row]!, rows.size[row]!];
    yield { type: "trade", ...received(symbol, rows.tsRecv[row]!), price, amount };
  }
}

async function* tickers(symbol: string, rows: Ticks): AsyncGenerator<Message> {
  for (let row = 0; row < rows.length; row++) {
    const [markPrice, indexPrice] = [rows.price[row]!, rows.size[row]!];
    yield {
      type: "derivative_ticker",
      ...received(symbol, rows.tsRecv[row]!),
      markPrice,
      indexPrice,
    };
  }
}

/** A merge by linear search, without anything else: one await an event. */
async function* mergeByTime(
  ...streams: readonly AsyncGenerator<Message>[]
): AsyncGenerator<Message> {
  const heads: { readonly stream: AsyncGenerator<Message>; message: Message }[] = [];
  for (const stream of streams) {
    const { value, done } = await stream.next();
    if (done !== true) heads.push({ stream, message: value });
  }
  while (heads.length > 0) {
    let earliest = 0;
    for (let index = 1; index < heads.length; index++) {
      if (heads[index]!.message.micros < heads[earliest]!.message.micros) earliest = index;
    }
    const head = heads[earliest]!;
    yield head.message;
    const { value, done } = await head.stream.next();
    if (done === true) heads.splice(earliest, 1);
    else head.message = value;
  }
}

/** Calls back for every message, books after they have changed. */
class Listener {
  readonly touch: TouchSum = new TouchSum();
  private readonly books: Readonly<Record<string, TardisBook>>;

  constructor(OrderBook: new () => TardisBook) {
    this.books = { BTCUSDT: new OrderBook(), ETHUSDT: new OrderBook() };
  }

  take(message: Message): void {
    const { type } = message;
    if (type === "trade") this.touch.add(message.price, message.amount);
    else if (type === "derivative_ticker") this.touch.add(message.markPrice, message.indexPrice);
    else {
      const book = this.books[message.symbol]!;
      book.update(message);
      this.touch.add(book.bestBid()?.price ?? Number.NaN, book.bestAsk()?.price ?? Number.NaN);
    }
  }
}

/** Replays the streams, merged by our own few lines or by tardis-dev's `combine`. */
export async function tardisPipeline(
  streams: PipelineStreams,
  merging: "combine" | "lines",
): Promise<TouchSum> {
  const { OrderBook, combine } = tardisDev();
  const merge = merging === "combine" ? (combine as Merge) : mergeByTime;
  const listener = new Listener(OrderBook);
  const merged = merge(
    bookChanges("BTCUSDT", streams.books[0]),
    bookChanges("ETHUSDT", streams.books[1]),
    trades("BTCUSDT", streams.trades),
    tickers("ETHUSDT", streams.tickers),
  );
  for await (const message of merged) listener.take(message);
  return listener.touch;
}
