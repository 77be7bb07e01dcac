import { isInstrumentName } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { parseUnixTime } from "../read/venueTimes.ts";
import { RecentLines } from "../read/recentLines.ts";
import { utcCell } from "../read/utcTime.ts";
import { realCell, unixCell } from "./visionCells.ts";

/**
 * Depth around the mid price, every 30 s or so: not a book but sums. `bidDepth1pct` is what rests on the bid side down to 1 %
 * below the mid, in the venue's size unit, `bidNotional1pct` the same at its prices; negative percentages are bids. Each band
 * holds the nearer ones.
 */
export function visionDepthBands(
  sink: RowSink,
  venue: string,
  symbol: string,
): (row: CsvRow) => Emit {
  const seen = new RecentLines();
  return (row) => {
    const percent = realCell(row, "percentage");
    const band = Math.abs(percent);
    if (band === 0 || band > 100) throw row.wrong("percentage", "a distance from the mid price");
    const side = percent < 0 ? "bid" : "ask";
    const depth = realCell(row, "depth");
    const notional = realCell(row, "notional");
    const digits = parseUnixTime(row.text("timestamp")) !== undefined;
    const tsEvent = digits ? unixCell(row, "timestamp") : utcCell(row, "timestamp");
    const line = row.line.number;
    return () => {
      if (seen.repeats(row.line.text)) {
        sink.skip(row.line, "duplicate row");
        return;
      }
      for (const [what, value] of [
        ["Depth", depth],
        ["Notional", notional],
      ] as const) {
        const measure = `${side}${what}${band}pct`;
        sink.row("measures", venue, symbol, { line, tsEvent, measure, value });
      }
    };
  };
}

/**
 * The volatility index of Binance Options, about one value a second: `bvolPercent`, percent a year. The instrument is the index
 * itself, e.g. BTCBVOLUSDT.
 */
export function visionVolatility(sink: RowSink, venue: string): (row: CsvRow) => Emit {
  return (row) => {
    const symbol = row.text("symbol");
    if (!isInstrumentName(venue, symbol)) throw row.wrong("symbol", "a symbol");
    const tsEvent = unixCell(row, "calc_time");
    const value = realCell(row, "index_value");
    const line = row.line.number;
    return () =>
      sink.row("measures", venue, symbol, { line, tsEvent, measure: "bvolPercent", value });
  };
}
