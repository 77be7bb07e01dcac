/**
 * One contender of l3.ts that runs in JavaScript, in a process of its own: `NAME FOLDER [ROWS]`. Prints what `Measured` says.
 * What it is given is made before the clock starts; it replays the stream untimed first.
 */
import { type Batch, MESSAGE_END, SNAPSHOT_START } from "@aftershock/schema";
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

/** Ids as text, as an `orders` batch has them, each a string of its own. */
const ids = Array.from(stream.id.subarray(0, rows), String);

function batches(): readonly Batch<"orders">[] {
  const { action, side, flags, tsRecv } = stream;
  const [price, size] = [Float64Array.from(stream.price), Float64Array.from(stream.size)];
  const none = new Float64Array(BATCH_ROWS).fill(Number.NaN);
  const made: Batch<"orders">[] = [];
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const to = Math.min(from + BATCH_ROWS, rows);
    const columns = {
      tsEvent: none.subarray(0, to - from),
      tsRecv: tsRecv.subarray(from, to),
      seq: tsRecv.subarray(from, to).map((_, row) => from + row),
      orderId: ids.slice(from, to),
      action: action.subarray(from, to),
      side: side.subarray(from, to),
      price: price.subarray(from, to),
      size: size.subarray(from, to),
      flags: flags.subarray(from, to),
      updateId: none.subarray(0, to - from),
      prevUpdateId: none.subarray(0, to - from),
    };
    made.push({ stream: "orders", instrument: BENCH_INSTRUMENT, length: to - from, columns });
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

function ourBook(make: () => Applies): Replay {
  const made = batches();
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
  if (name === "fast") return ourBook(() => new FastL3Book(BENCH_INSTRUMENT));
  if (name === "plain") return ourBook(() => new L3Book(BENCH_INSTRUMENT));
  return mapBook();
}

measure(contender(), `Node ${process.version}`, rows);
