import type { Decimal } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { RecentLines } from "../read/recentLines.ts";
import { countCell, priceCell, unixCell } from "./visionCells.ts";

interface Side {
  readonly price: Decimal | undefined;
  readonly size: Decimal | undefined;
}

/** A size of 0 says that nobody quotes on this side. */
function readSide(row: CsvRow, side: "bid" | "ask"): Side {
  const size = row.size(`best_${side}_qty`);
  return size.mantissa === 0
    ? { price: undefined, size: undefined }
    : { price: priceCell(row, `best_${side}_price`), size };
}

/**
 * Best bid and ask at each change. `transaction_time` is the venue's clock; `event_time`, when it was sent, is some ms later.
 * Whole months have rows of two times of the day in turn, or twice: they are sorted by the store, and repeated lines counted.
 */
export function visionQuotes(sink: RowSink, venue: string, symbol: string): (row: CsvRow) => Emit {
  const seen = new RecentLines();
  return (row) => {
    const bid = readSide(row, "bid");
    const ask = readSide(row, "ask");
    const tsEvent = unixCell(row, "transaction_time");
    const updateId = countCell(row, "update_id");
    return () => {
      if (seen.repeats(row.line.text)) {
        sink.skip(row.line, "duplicate row");
        return;
      }
      sink.row("quotes", venue, symbol, {
        line: row.line.number,
        tsEvent,
        bidPrice: bid.price,
        bidSize: bid.size,
        askPrice: ask.price,
        askSize: ask.size,
        updateId,
      });
    };
  };
}
