import { DataError, formatSteps, type Clock, isoMicros, type Micros } from "@aftershock/schema";
import { type Lake, lakeStream, openDuck } from "@aftershock/ingest";
import { bookAt, type L2Book, type Level } from "@aftershock/replay";
import { partitionsFor, partitionsOf } from "../lakeSelection.ts";
import { printJson, printLine, printTable } from "../output.ts";

/** A level as decimal text: price in quote currency, size in the venue's unit. */
type TextLevel = readonly [price: string, size: string];

function textLevels(book: L2Book, levels: readonly Level[]): readonly TextLevel[] {
  const { tick, lot } = book.instrument;
  return levels.map(({ price, size }) => [formatSteps(price, tick), formatSteps(size, lot)]);
}

async function readBook(lake: Lake, id: string, at: Micros, clock: Clock): Promise<L2Book> {
  const partitions = await partitionsOf(lake, id);
  const from = partitionsFor(partitions, "book", { from: at });
  const days = from.filter(({ date }, i) => i === 0 || date <= isoMicros(at).slice(0, 10));
  const last = days.at(-1);
  if (last === undefined) {
    throw new DataError(`the lake holds no book of ${id} at ${isoMicros(at)}`, {
      hints: ["`aftershock lake` lists what it holds, and from when to when."],
    });
  }
  const duck = await openDuck();
  try {
    return await bookAt([lakeStream(duck, lake, "book", days)], at, { clock });
  } finally {
    duck.close();
  }
}

/** `aftershock book ID --at TIME` */
export async function bookCommand(
  lake: Lake,
  id: string,
  options: {
    readonly at: Micros;
    readonly depth: number;
    readonly clock: Clock;
    readonly json: boolean;
  },
): Promise<void> {
  const { at, depth, clock } = options;
  const book = await readBook(lake, id, at, clock);
  const bids = textLevels(book, book.bids(depth));
  const asks = textLevels(book, book.asks(depth));
  if (options.json) {
    printJson({ instrument: id, at, valid: book.valid, bids, asks });
    return;
  }
  printLine(`${id} at ${isoMicros(at)} (${clock} clock)${book.valid ? "" : ": NOT VALID"}`);
  if (!book.valid) {
    printLine("The book is unknown here: there was a gap, or no snapshot yet.");
    return;
  }
  const rows = Array.from({ length: Math.max(bids.length, asks.length) }, (_, i) => [
    bids[i]?.[1] ?? "",
    bids[i]?.[0] ?? "",
    asks[i]?.[0] ?? "",
    asks[i]?.[1] ?? "",
  ]);
  printTable(["bid size", "bid", "ask", "ask size"], rows);
}
