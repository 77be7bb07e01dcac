import { isInstrumentName, MICROS_PER_MINUTE } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { RecentLines } from "../read/recentLines.ts";
import { utcCell } from "../read/utcTime.ts";
import { realCell } from "./visionCells.ts";
import { futuresVenue } from "./visionMarket.ts";

/** The figures of a row are of five minutes. */
const PERIOD_MICROS = 5 * MICROS_PER_MINUTE;

/** From the USD-M file of this day on, labels are starts of their five minutes instead of ends. */
const RELABELLED_DATE = "2026-06-25";
const RELABELLED_MICROS = 1_782_345_600_000_000;

/** Figures that stand for an instant, by their column. */
const STOCKS = [
  ["sum_open_interest_value", "openInterestValue"],
  ["count_toptrader_long_short_ratio", "topTraderAccountLongShortRatio"],
  ["sum_toptrader_long_short_ratio", "topTraderPositionLongShortRatio"],
  ["count_long_short_ratio", "accountLongShortRatio"],
] as const;

/** Whether a row's label is the start of its five minutes; the first instant of the change is in files of both kinds. */
function labelsStart(venue: string, date: string | undefined, label: number): boolean {
  if (venue === "binance-coinm") return true;
  if (date !== undefined && date.length === 10) return date >= RELABELLED_DATE;
  return label > RELABELLED_MICROS;
}

/**
 * Open interest and positioning, every five minutes. `create_time` is text, UTC, and means two things: in USD-M files up to
 * 2026-06-24 it ends the five minutes, from 2026-06-25 on and in all COIN-M files it starts them (measured in
 * github.com/binance/binance-public-data, issue 491, 2026-08). Here every figure is put at the instant that it is of, the end:
 * a row taken by its label from a newer file would be known five minutes before it could be. It was published later still,
 * by seconds to minutes, which the file does not say.
 *
 * Open interest, in the venue's size unit (base currency, COIN-M contracts), goes to `tickers`; its value (USD, COIN-M base
 * currency) and the ratios of longs to shorts go to `measures`, as does `takerBuySellRatio` with the five minutes that it sums
 * up. Empty cells are absent. Rows come unsorted and sometimes twice.
 */
export function visionMetrics(sink: RowSink, date: string | undefined): (row: CsvRow) => Emit {
  const seen = new RecentLines();
  return (row) => {
    const symbol = row.text("symbol");
    if (!isInstrumentName("binance", symbol)) throw row.wrong("symbol", "a symbol");
    const venue = futuresVenue(symbol);
    const label = utcCell(row, "create_time");
    const tsEvent = labelsStart(venue, date, label) ? label + PERIOD_MICROS : label;
    const openInterest = realCell(row, "sum_open_interest");
    const stocks = STOCKS.map(([column, measure]) => ({ measure, value: row.real(column) }));
    const taker = row.real("sum_taker_long_short_vol_ratio");
    const line = row.line.number;
    return () => {
      if (seen.repeats(row.line.text)) {
        sink.skip(row.line, "duplicate row");
        return;
      }
      sink.row("tickers", venue, symbol, { line, tsEvent, openInterest });
      for (const { measure, value } of stocks) {
        if (value !== undefined)
          sink.row("measures", venue, symbol, { line, tsEvent, measure, value });
      }
      if (taker === undefined) return;
      sink.row("measures", venue, symbol, {
        line,
        tsEvent: tsEvent - PERIOD_MICROS,
        intervalMicros: PERIOD_MICROS,
        measure: "takerBuySellRatio",
        value: taker,
      });
    };
  };
}
