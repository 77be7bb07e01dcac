/**
 * One contender of books.ts that runs in JavaScript, in a process of its own: `NAME FOLDER [ROWS]`. Prints what `Measured` says.
 * What it is given is made before the clock starts; it replays the stream untimed first.
 */
import { type Batch, BID, MESSAGE_END, SNAPSHOT_START } from "@aftershock/schema";
import { L2Book, type OrderBook } from "@aftershock/replay";
import { FastL2Book } from "../../../packages/replay/src/book/l2Book.fast.ts";
import { Ladder } from "../../../packages/replay/src/book/ladder.fast.ts";
import type { BookRows } from "../syntheticBook.ts";
import { BENCH_INSTRUMENT } from "./benchInstrument.ts";
import { bookBatches } from "./bookBatches.ts";
import { readBookFiles } from "./bookFiles.ts";
import { measure, type Replay } from "./replayInNode.ts";
import { SortedBook } from "./sortedBook.ts";
import { type TardisBook, type TardisLevel, tardisDev } from "./tardisBook.ts";
import { TouchSum } from "./touchSum.ts";

const [name = "", folder = "", limit] = process.argv.slice(2);
const rows: BookRows = readBookFiles(folder);

/** A book of ours as it is handed to its callback. */
interface Applies {
  apply(
    batch: Batch<"book">,
    from: number,
    to: number,
    onMessage: (book: Pick<OrderBook, "bidSide" | "askSide">) => void,
  ): void;
}

function ourBook(make: () => Applies): Replay {
  const stream = bookBatches(rows);
  return (until) => {
    const book = make();
    const touch = new TouchSum();
    let left = until;
    for (const batch of stream) {
      const to = Math.min(left, batch.length);
      book.apply(batch, 0, to, ({ bidSide, askSide }) => {
        touch.add(bidSide.bestPrice, askSide.bestPrice);
      });
      left -= to;
    }
    return touch;
  };
}

/** The best prices come as columns, a block at a time; the times of rows are known, as a merge hands them over. */
function ourTouches(): Replay {
  const stream = bookBatches(rows);
  return (until) => {
    const book = new FastL2Book(BENCH_INSTRUMENT);
    const touch = new TouchSum();
    let left = until;
    for (const batch of stream) {
      const to = Math.min(left, batch.length);
      const { tsRecv } = batch.columns;
      book.applyTouching(batch, 0, to, (runs) => touch.addRuns(runs), tsRecv);
      left -= to;
    }
    return touch;
  };
}

/** Our levels without the book about them: nothing is checked, no clock, no ids. */
function ourLadder(): Replay {
  const { side, flags } = rows;
  const [price, size] = [Float64Array.from(rows.price), Float64Array.from(rows.size)];
  return (until) => {
    const ladder = new Ladder();
    const touch = new TouchSum();
    for (let row = 0; row < until; row++) {
      const flag = flags[row]!;
      if ((flag & SNAPSHOT_START) !== 0) ladder.clear();
      ladder.set(side[row] as 1 | -1, price[row]!, size[row]!);
      if ((flag & MESSAGE_END) !== 0) touch.add(ladder.bids.bestPrice, ladder.asks.bestPrice);
    }
    return touch;
  };
}

function sortedBook(): Replay {
  const { side, price, size, flags } = rows;
  return (until) => {
    const book = new SortedBook();
    const touch = new TouchSum();
    for (let row = 0; row < until; row++) {
      const flag = flags[row]!;
      if ((flag & SNAPSHOT_START) !== 0) book.clear();
      book.set(side[row]!, price[row]!, size[row]!);
      if ((flag & MESSAGE_END) !== 0) touch.add(book.bestBid, book.bestAsk);
    }
    return touch;
  };
}

/** The levels of a message are objects used again and again: the book copies those it keeps, so that none is made inside the clock. */
function tardisBook(OrderBook: new () => TardisBook): Replay {
  const { side, price, size, flags } = rows;
  const pool: TardisLevel[] = Array.from({ length: 100_000 }, () => ({ price: 0, amount: 0 }));
  return (until) => {
    const book = new OrderBook();
    const touch = new TouchSum();
    const change = { isSnapshot: false, bids: [] as TardisLevel[], asks: [] as TardisLevel[] };
    let used = 0;
    for (let row = 0; row < until; row++) {
      const level = pool[used++]!;
      level.price = price[row]!;
      level.amount = size[row]!;
      (side[row] === BID ? change.bids : change.asks).push(level);
      const flag = flags[row]!;
      if ((flag & SNAPSHOT_START) !== 0) change.isSnapshot = true;
      if ((flag & MESSAGE_END) === 0) continue;
      book.update(change);
      touch.add(book.bestBid()?.price ?? Number.NaN, book.bestAsk()?.price ?? Number.NaN);
      change.isSnapshot = false;
      change.bids.length = change.asks.length = used = 0;
    }
    return touch;
  };
}

/** The contender and its version, which for our own is that of Node. */
function contender(): readonly [Replay, version: string] {
  const node = `Node ${process.version}`;
  if (name === "fast") return [ourBook(() => new FastL2Book(BENCH_INSTRUMENT)), node];
  if (name === "touches") return [ourTouches(), node];
  if (name === "plain") return [ourBook(() => new L2Book(BENCH_INSTRUMENT)), node];
  if (name === "ladder") return [ourLadder(), node];
  if (name === "sorted") return [sortedBook(), node];
  const { OrderBook, version } = tardisDev();
  return [tardisBook(OrderBook), `tardis-dev ${version}`];
}

const [replay, version] = contender();
const wanted = Math.min(Number(limit ?? rows.length), rows.length);
measure(replay, version, wanted);
