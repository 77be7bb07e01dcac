import { MICROS_PER_HOUR, MICROS_PER_MINUTE } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { RecentLines } from "../read/recentLines.ts";
import { countCell, realCell, unixCell } from "./visionCells.ts";

/** How far from the full hour a settlement is stamped: some ms as a rule. */
const JITTER_MICROS = MICROS_PER_MINUTE;

/** The full hour that a settlement was due at; the time itself where none is near. */
function dueAt(at: number): number {
  const hour = Math.round(at / MICROS_PER_HOUR) * MICROS_PER_HOUR;
  return Math.abs(at - hour) <= JITTER_MICROS ? hour : at;
}

/**
 * Settled funding: the rate (a fraction) that was exchanged at `calc_time`, which jitters by ms around the full hour.
 * `fundingTime` is that hour, so that it can be joined on. The interval, 8 hours or less, goes to `measures` as
 * `fundingIntervalHours`.
 */
export function visionFunding(sink: RowSink, venue: string, symbol: string): (row: CsvRow) => Emit {
  const seen = new RecentLines();
  return (row) => {
    const tsEvent = unixCell(row, "calc_time");
    const hours = countCell(row, "funding_interval_hours");
    const fundingRate = realCell(row, "last_funding_rate");
    const line = row.line.number;
    return () => {
      if (seen.repeats(row.line.text)) {
        sink.skip(row.line, "duplicate row");
        return;
      }
      const fundingTime = dueAt(tsEvent);
      sink.row("tickers", venue, symbol, { line, tsEvent, fundingRate, fundingTime });
      sink.row("measures", venue, symbol, {
        line,
        tsEvent,
        measure: "fundingIntervalHours",
        value: hours,
      });
    };
  };
}
