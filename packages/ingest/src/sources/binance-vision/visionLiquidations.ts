import {
  BUY,
  METHOD_MARKET,
  PRICE_FILL,
  PRICE_LIMIT,
  SELL,
  toSteps,
  type Decimal,
} from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { RecentLines } from "../read/recentLines.ts";
import { priceCell, unixCell } from "./visionCells.ts";
import { visionTerms } from "./visionTerms.ts";

interface PrintedPrice {
  readonly price: Decimal;
  readonly priceKind: number;
}

/** The average price paid, unless it lies between the ticks of an instrument whose tick is known: then the order's limit. */
function readPrice(row: CsvRow, tick: Decimal | undefined): PrintedPrice {
  const limit = priceCell(row, "price");
  const average = row.size("average_price");
  const usable =
    average.mantissa > 0 && (tick === undefined || toSteps(average, tick) !== undefined);
  return usable
    ? { price: average, priceKind: PRICE_FILL }
    : { price: limit, priceKind: PRICE_LIMIT };
}

/**
 * Forced orders. `side` is the order's own: SELL closes a long. The size is what was filled of it; an order without a fill is
 * skipped. The price is the average of the fills, for the limit of a forced order lies up to some percent beyond the market and
 * nobody paid it. The archive holds at most one order a second and symbol, the stream's own limit: a lower bound. Every row
 * stands in the file twice; the second is counted as a duplicate.
 */
export function visionLiquidations(
  sink: RowSink,
  venue: string,
  symbol: string,
): (row: CsvRow) => Emit {
  const seen = new RecentLines();
  return (row) => {
    const tsEvent = unixCell(row, "time");
    const side = row.oneOf("side", { BUY, SELL });
    const size = row.size("accumulated_fill_quantity");
    const printed = readPrice(row, visionTerms(venue, symbol, tsEvent).tick);
    return () => {
      if (seen.repeats(row.line.text)) {
        sink.skip(row.line, "duplicate row");
      } else if (size.mantissa === 0) {
        sink.skip(row.line, "forced order without a fill");
      } else {
        const line = row.line.number;
        const method = METHOD_MARKET;
        sink.row("liquidations", venue, symbol, { line, tsEvent, side, size, method, ...printed });
      }
    };
  };
}
