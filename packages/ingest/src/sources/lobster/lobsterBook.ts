import { DataError, MESSAGE_END, NO_SIDE, SNAPSHOT, SNAPSHOT_START } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { TopLevels, type Level } from "../read/topLevels.ts";
import { priceCell, sharesCell } from "./lobsterCells.ts";
import { LOBSTER_VENUE } from "./lobsterName.ts";

/** What stands for the price of a level that does not exist. */
const NO_LEVEL_PRICE = /^-?9999999999$/;

const ZERO = { mantissa: 0, decimals: 0 } as const;
const NO_LEVEL = { side: NO_SIDE, price: ZERO, size: ZERO } as const;

/** The columns of an orderbook file of so many levels, which has no header. */
export const bookColumns = (levels: number): string[] =>
  Array.from({ length: levels }, (_, i) =>
    ["ask price", "ask size", "bid price", "bid size"].map((name) => `${name} ${i + 1}`),
  ).flat();

function readLevel(row: CsvRow, side: "ask" | "bid", level: number): Level | undefined {
  const size = sharesCell(row, `${side} size ${level}`);
  const isEmpty = NO_LEVEL_PRICE.test(row.text(`${side} price ${level}`));
  if (isEmpty !== (size === 0)) {
    throw row.wrong(`${side} size ${level}`, isEmpty ? "0, for there is no price" : "above zero");
  }
  if (isEmpty) return undefined;
  return { price: priceCell(row, `${side} price ${level}`), size: { mantissa: size, decimals: 0 } };
}

/**
 * One orderbook file on its way into the `book` stream: its first line as a snapshot, the later ones as the levels that changed.
 * Line n is the book after the event in line n of the message file, which has the times.
 */
export class LobsterBook {
  private readonly sink: RowSink;
  private readonly symbol: string;
  private readonly levels: number;
  private readonly times: readonly number[];
  private readonly top = new TopLevels();
  private lines = 0;
  private started = false;

  constructor(sink: RowSink, symbol: string, levels: number, times: readonly number[]) {
    this.sink = sink;
    this.symbol = symbol;
    this.levels = levels;
    this.times = times;
  }

  /** Reads a line and emits nothing yet. Throws DataError when it is bad, or the line of the message file is. */
  read(row: CsvRow): Emit {
    const tsEvent = this.times[this.lines];
    if (tsEvent === undefined || Number.isNaN(tsEvent)) {
      throw new DataError("the message file has no good line for this one, and so no time");
    }
    const bids: Level[] = [];
    const asks: Level[] = [];
    for (let level = 1; level <= this.levels; level += 1) {
      const [ask, bid] = [readLevel(row, "ask", level), readLevel(row, "bid", level)];
      if (ask !== undefined) asks.push(ask);
      if (bid !== undefined) bids.push(bid);
    }
    return () => {
      this.lines += 1;
      this.write(row, tsEvent, this.top.changeTo(bids, asks));
    };
  }

  /** A line is bad: the next good one holds all levels again. */
  lost(): void {
    this.lines += 1;
  }

  /** The file is over. Throws DataError when it has not as many lines as the message file. */
  end(fileName: string): void {
    if (this.lines === this.times.length) return;
    throw new DataError(
      `${fileName}: has ${this.lines} lines and its message file ${this.times.length}, though each line stands for one there`,
      { hints: ["Fetch both files again: one of them is cut, or they are not of the same order."] },
    );
  }

  private write(row: CsvRow, tsEvent: number, changes: ReturnType<TopLevels["changeTo"]>): void {
    const starts = !this.started;
    this.started = true;
    if (!starts && changes.length === 0) {
      this.sink.skip(row.line, "event that changes none of the levels");
      return;
    }
    const rows = changes.length === 0 ? [NO_LEVEL] : changes;
    for (const [place, { side, price, size }] of rows.entries()) {
      this.sink.row("book", LOBSTER_VENUE, this.symbol, {
        line: row.line.number,
        tsEvent,
        side,
        price,
        size,
        flags:
          (starts ? SNAPSHOT : 0) |
          (starts && place === 0 ? SNAPSHOT_START : 0) |
          (place === rows.length - 1 ? MESSAGE_END : 0),
      });
    }
  }
}
