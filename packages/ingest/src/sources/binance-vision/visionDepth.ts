import {
  ASK,
  BID,
  isInstrumentName,
  MESSAGE_END,
  ROWS_LOST,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { PlainTable } from "../read/plainTable.ts";
import { countCell, priceCell, unixCell } from "./visionCells.ts";
import { futuresVenue } from "./visionMarket.ts";

/** A level as a line states it, with what tells the messages apart. */
interface DepthLine {
  readonly symbol: string;
  /** The same for all lines of one message. */
  readonly message: string;
  readonly snapshot: boolean;
  readonly row: Omit<RawRow<"book">, "flags">;
}

function readPrevious(row: CsvRow, chained: boolean): number | undefined {
  if (!chained) return undefined;
  const text = row.text("pu");
  return text === "" || text.startsWith("-") ? undefined : countCell(row, "pu");
}

function readLine(row: CsvRow, chained: boolean): DepthLine {
  const symbol = row.text("symbol");
  if (!isInstrumentName("binance", symbol)) throw row.wrong("symbol", "a symbol");
  const snapshot = row.oneOf("update_type", { snap: true, set: false });
  const updateId = countCell(row, "last_update_id");
  const first = countCell(row, "first_update_id");
  const tsEvent = unixCell(row, "timestamp");
  return {
    symbol,
    message: `${symbol} ${snapshot} ${first} ${updateId} ${tsEvent}`,
    snapshot,
    row: {
      line: row.line.number,
      tsEvent,
      side: row.oneOf("side", { b: BID, a: ASK }),
      price: priceCell(row, "price"),
      size: row.size("qty"),
      updateId,
      prevUpdateId: snapshot ? undefined : readPrevious(row, chained),
    },
  };
}

/** The lines of a file, one level each, on their way to messages: a line is held until the next tells whether its message goes on. */
class DepthMessages {
  private readonly sink: RowSink;
  private held: DepthLine | undefined;
  private starts = true;
  /** A bad line stood before the line that is held, or behind it. */
  private lostBefore = false;
  private lostAfter = false;

  constructor(sink: RowSink) {
    this.sink = sink;
  }

  add(line: DepthLine): void {
    if (this.held === undefined) {
      this.sink.dataset(line.snapshot ? "T_DEPTH-snap" : "T_DEPTH-update");
    }
    const goesOn = this.held?.message === line.message;
    this.emit(goesOn ? 0 : MESSAGE_END);
    this.starts = !goesOn;
    this.held = line;
    this.lostBefore = this.lostAfter;
    this.lostAfter = false;
  }

  lost(): void {
    this.lostAfter = true;
  }

  end(): void {
    // What was lost behind the last line can only be said on it.
    this.lostBefore ||= this.lostAfter;
    this.emit(MESSAGE_END);
    this.held = undefined;
  }

  private emit(end: number): void {
    if (this.held === undefined) return;
    const { symbol, snapshot, row } = this.held;
    const start = snapshot && this.starts ? SNAPSHOT_START : 0;
    const lost = this.lostBefore ? ROWS_LOST : 0;
    const flags = (snapshot ? SNAPSHOT : 0) | start | end | lost;
    this.sink.row("book", futuresVenue(symbol), symbol, { ...row, flags });
  }
}

/**
 * Tick-level depth of futures, from the archive that Binance kept until 2024: one level a line, sizes absolute, 0 deletes. Lines
 * of one update are one message. Updates chain by `pu` where the file has it; where it has not nothing can be checked, as the ids
 * of one symbol have holes. Snapshots lie in a file of their own, `…_depth_snap.csv`, to be ingested with the updates of the same
 * day: the two are different data sets and stand side by side. A line that goes to quarantine is a level that is not known: the
 * next row says so.
 */
export function visionDepth(
  sink: RowSink,
  chained: boolean,
): Pick<PlainTable, "read" | "lost" | "end"> {
  const messages = new DepthMessages(sink);
  return {
    read: (row) => {
      const line = readLine(row, chained);
      return () => {
        messages.add(line);
      };
    },
    lost: () => {
      messages.lost();
    },
    end: () => {
      messages.end();
    },
  };
}
