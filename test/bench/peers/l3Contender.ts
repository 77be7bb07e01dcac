/**
 * One contender of l3.ts that runs in JavaScript, in a process of its own: `NAME FOLDER [ROWS]`. Prints what `Measured` says.
 * What it is given is made before the clock starts; it replays the stream untimed first.
 */
import { absentColumn, type Batch, MESSAGE_END, SNAPSHOT_START } from "@aftershock/schema";
import type { OrderBook } from "@aftershock/replay";
import { FastL3Book } from "../../../packages/replay/src/book/l3Book.fast.ts";
import { L3Book } from "../../../packages/replay/src/book/l3Book.ts";
import { BENCH_INSTRUMENT } from "./benchInstrument.ts";
import { MapOrdersBook } from "./mapOrdersBook.ts";
import { readOrderFiles } from "./orderFiles.ts";
import { measure, type Replay } from "./replayInNode.ts";
import { TouchSum } from "./touchSum.ts";

/** Rows of a batch, as the tape has them. */
const BATCH_ROWS = 65_536;
const [name = "", folder = "", limit] = process.argv.slice(2);
const stream = readOrderFiles(folder);
const rows = Math.min(Number(limit ?? stream.length), stream.length);

/** Ids as text, each a string of its own. */
const ids = Array.from(stream.id.subarray(0, rows), String);
/** The lower and the upper words of the ids. */
const [lo, hi] = [0, 1].map((half) => {
  const words = new Int32Array(stream.id.buffer, stream.id.byteOffset, 2 * stream.length);
  return Int32Array.from({ length: rows }, (_, row) => words[2 * row + half]!);
}) as [Int32Array, Int32Array];

/** `withWords`: as a tape has them. */
function batches(withWords: boolean): readonly Batch<"orders">[] {
  const { action, side, flags, tsRecv } = stream;
  const [price, size] = [Float64Array.from(stream.price), Float64Array.from(stream.size)];
  const made: Batch<"orders">[] = [];
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const to = Math.min(from + BATCH_ROWS, rows);
    const columns = {
      tsEvent: absentColumn(to - from),
      tsRecv: tsRecv.subarray(from, to),
      seq: tsRecv.subarray(from, to).map((_, row) => from + row),
      orderId: ids.slice(from, to),
      action: action.subarray(from, to),
      side: side.subarray(from, to),
      price: price.subarray(from, to),
      size: size.subarray(from, to),
      flags: flags.subarray(from, to),
      updateId: absentColumn(to - from),
      prevUpdateId: absentColumn(to - from),
    };
    const idWords = withWords
      ? { lo: lo.subarray(from, to), hi: hi.subarray(from, to) }
      : undefined;
    const length = to - from;
    made.push({ stream: "orders", instrument: BENCH_INSTRUMENT, length, columns, idWords });
  }
  return made;
}

/** A book of ours as it is handed to its callback. */
interface Applies {
  apply(
    batch: Batch<"orders">,
    from: number,
    to: number,
    onMessage: (book: Pick<OrderBook, "bidSide" | "askSide">) => void,
  ): void;
}

function ourBook(make: () => Applies, withWords: boolean): Replay {
  const made = batches(withWords);
  return (until) => {
    const book = make();
    const touch = new TouchSum();
    let left = until;
    for (const batch of made) {
      const to = Math.min(left, batch.length);
      book.apply(batch, 0, to, ({ bidSide, askSide }) => {
        touch.add(bidSide.bestPrice, askSide.bestPrice);
      });
      left -= to;
    }
    return touch;
  };
}

/** The best prices come as columns, some rows at a time; the times of rows are known, as a merge hands them over. */
function ourTouches(): Replay {
  const made = batches(true);
  return (until) => {
    const book = new FastL3Book(BENCH_INSTRUMENT);
    const touch = new TouchSum();
    let left = until;
    for (const batch of made) {
      const to = Math.min(left, batch.length);
      const { tsRecv } = batch.columns;
      book.applyTouching(batch, 0, to, (...touches) => touch.addAll(...touches), tsRecv);
      left -= to;
    }
    return touch;
  };
}

function mapBook(): Replay {
  const { action, side, price, size, flags } = stream;
  return (until) => {
    const book = new MapOrdersBook();
    const touch = new TouchSum();
    for (let row = 0; row < until; row++) {
      const flag = flags[row]!;
      if ((flag & SNAPSHOT_START) !== 0) book.clear();
      book.take(action[row]!, ids[row]!, side[row]!, price[row]!, size[row]!);
      if ((flag & MESSAGE_END) !== 0) touch.add(book.bestBid, book.bestAsk);
    }
    return touch;
  };
}

function contender(): Replay {
  if (name === "touches") return ourTouches();
  if (name === "fast") return ourBook(() => new FastL3Book(BENCH_INSTRUMENT), true);
  if (name === "texts") return ourBook(() => new FastL3Book(BENCH_INSTRUMENT), false);
  if (name === "plain") return ourBook(() => new L3Book(BENCH_INSTRUMENT), false);
  return mapBook();
}

measure(contender(), `Node ${process.version}`, rows);
