import { DataError, formatSteps, type Clock, isoMicros, type Micros } from "@aftershock/schema";
import { duckOnDemand, type Lake, lakeStream } from "@aftershock/ingest/lake";
import { bookAt, type Level, type OrderBook, type OrdersStart } from "@aftershock/replay";
import { bookDays, partitionsOf, quarantinedLines } from "../lakeSelection.ts";
import { grouped, printJson, printLine, printTable } from "../output.ts";

/** A level as decimal text: price in quote currency, size in the venue's unit. */
type TextLevel = readonly [price: string, size: string];

function textLevels(book: OrderBook, levels: readonly Level[]): readonly TextLevel[] {
  const { tick, lot } = book.instrument;
  return levels.map(({ price, size }) => [formatSteps(price, tick), formatSteps(size, lot)]);
}

/** The book, and how many lines of the partitions behind it are in quarantine. */
async function readBook(
  lake: Lake,
  id: string,
  at: Micros,
  { clock, ordersStart }: { readonly clock: Clock; readonly ordersStart: OrdersStart },
): Promise<{ readonly book: OrderBook; readonly quarantined: number }> {
  const days = bookDays(await partitionsOf(lake, id), at, clock);
  if (days.length === 0) {
    throw new DataError(`the lake holds no book of ${id} at ${isoMicros(at)}`, {
      hints: ["`aftershock lake` lists what it holds, and from when to when."],
    });
  }
  const duck = duckOnDemand();
  try {
    const stream = days[0]?.stream ?? "book";
    const book = await bookAt([lakeStream(duck, lake, stream, days)], at, { clock, ordersStart });
    return { book, quarantined: quarantinedLines(days) };
  } finally {
    await duck.close();
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
    readonly ordersStart: OrdersStart;
    readonly json: boolean;
  },
): Promise<void> {
  const { at, depth, clock } = options;
  const { book, quarantined } = await readBook(lake, id, at, options);
  const bids = textLevels(book, book.bids(depth));
  const asks = textLevels(book, book.asks(depth));
  if (options.json) {
    printJson({ instrument: id, at, valid: book.valid, bids, asks, quarantined });
    return;
  }
  printLine(`${id} at ${isoMicros(at)} (${clock} clock)${book.valid ? "" : ": NOT VALID"}`);
  if (quarantined > 0)
    printLine(`Without ${grouped(quarantined)} bad lines, which are in quarantine.`);
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
