import { BUY, SELL } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { utcCell } from "../read/utcTime.ts";
import { filledCell, idCell, priceCell, unixCell } from "./visionCells.ts";

/** `is_buyer_maker`: the buyer's order was resting, so the taker sold. Futures write lower case, spot `True`. */
const TAKER = { true: SELL, True: SELL, false: BUY, False: BUY };

/** The columns in which the sets of trades differ. */
export interface TradeColumns {
  readonly id: string;
  readonly size: string;
  readonly time: string;
  /** The time is calendar text. */
  readonly calendar?: true;
}

/** Columns of `aggTrades`, on every market. */
export const AGGREGATE_COLUMNS: TradeColumns = {
  id: "agg_trade_id",
  size: "quantity",
  time: "transact_time",
};

/** Columns of `trades`, on every market. */
export const TRADE_COLUMNS: TradeColumns = { id: "id", size: "qty", time: "time" };

function readTrade(row: CsvRow, { id, size, time, calendar }: TradeColumns): RawRow<"trades"> {
  return {
    line: row.line.number,
    tsEvent: calendar === true ? utcCell(row, time) : unixCell(row, time),
    tradeId: idCell(row, id),
    side: row.oneOf("is_buyer_maker", TAKER),
    price: priceCell(row, "price"),
    size: filledCell(row, size),
  };
}

/** Reads rows of trades, or of aggregates of the trades of one taker order at one price. COIN-M sizes are contracts. */
export const visionTrades =
  (sink: RowSink, venue: string, symbol: string, columns: TradeColumns) =>
  (row: CsvRow): Emit => {
    const trade = readTrade(row, columns);
    return () => sink.row("trades", venue, symbol, trade);
  };
