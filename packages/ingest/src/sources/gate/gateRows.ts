import { BUY, SELL, type Decimal } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import { formatInterval, StepCounter } from "../read/barInterval.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import type { PlainTable } from "../read/plainTable.ts";
import { idCell, positive, timeCell } from "./gateCells.ts";

const SPOT_SIDES = { "1": SELL, "2": BUY };

/** A month of spot trades: `side` is the taker's, 1 sold and 2 bought; `amount` is the base currency. */
export const gateDeals =
  (sink: RowSink, venue: string, symbol: string) =>
  (row: CsvRow): Emit => {
    const trade = {
      line: row.line.number,
      tsEvent: timeCell(row),
      tradeId: idCell(row, "dealid"),
      side: row.oneOf("side", SPOT_SIDES),
      price: positive(row, "price"),
      size: positive(row, "amount"),
    };
    return () => sink.row("trades", venue, symbol, trade);
  };

/** A month of futures trades: the size is contracts, positive where the taker bought and negative where it sold. */
export const gateTrades =
  (sink: RowSink, venue: string, symbol: string) =>
  (row: CsvRow): Emit => {
    const signed: Decimal = row.decimal("size");
    if (signed.mantissa === 0) throw row.wrong("size", "other than zero");
    const trade = {
      line: row.line.number,
      tsEvent: timeCell(row),
      tradeId: idCell(row, "tradeid"),
      side: signed.mantissa > 0 ? BUY : SELL,
      price: positive(row, "price"),
      size: { mantissa: Math.abs(signed.mantissa), decimals: signed.decimals },
    };
    return () => sink.row("trades", venue, symbol, trade);
  };

/**
 * A month of bars, whose close stands before high, low and open. Their length, which only the archive's folder says, is how far
 * most are apart. Their volume is not kept: what it counts differs between markets and is not documented.
 */
export function gateCandlesticks(
  sink: RowSink,
  venue: string,
  symbol: string,
): Pick<PlainTable, "read" | "end"> {
  const bars: (RawRow<"candles"> & { readonly tsEvent: number })[] = [];
  return {
    read: (row) => {
      const bar = {
        line: row.line.number,
        tsEvent: timeCell(row),
        open: positive(row, "open"),
        high: positive(row, "high"),
        low: positive(row, "low"),
        close: positive(row, "close"),
      };
      return () => {
        bars.push(bar);
      };
    },
    end: () => {
      const steps = new StepCounter();
      for (const { tsEvent } of bars) steps.add(tsEvent);
      const intervalMicros = steps.mostCommon();
      if (bars.length === 0) return;
      sink.dataset(
        intervalMicros === undefined
          ? "candlesticks"
          : `candlesticks-${formatInterval(intervalMicros)}`,
      );
      for (const bar of bars) sink.row("candles", venue, symbol, { ...bar, intervalMicros });
    },
  };
}
