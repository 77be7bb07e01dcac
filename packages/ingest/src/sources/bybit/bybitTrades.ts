import { BUY, SELL } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { CsvKind } from "../read/csvTable.ts";
import type { Emit } from "../read/emitRecords.ts";
import type { PlainTable } from "../read/plainTable.ts";
import { parseSeconds, parseUnixTime, UNIX_SECONDS, UNIX_TIME } from "../read/venueTimes.ts";
import { isSymbol, type BybitVenue } from "./bybitMarket.ts";
import { BybitTradeOrder } from "./bybitTradeOrder.ts";

const CONTRACT_COLUMNS = [
  "timestamp",
  "symbol",
  "side",
  "size",
  "price",
  "tickDirection",
  "trdMatchID",
  "grossValue",
  "homeNotional",
  "foreignNotional",
];
const SPOT_COLUMNS = ["id", "timestamp", "price", "volume", "side"];

/** A kind of trades file. */
export type BybitTradeKind = "derivative trades" | "spot trades";

/** The headers of the trade archives, each with the column of retail price improvement that newer files have and without. */
export const BYBIT_TRADE_KINDS: readonly CsvKind<BybitTradeKind>[] = [
  { name: "derivative trades", columns: CONTRACT_COLUMNS },
  { name: "derivative trades", columns: [...CONTRACT_COLUMNS, "RPI"] },
  { name: "spot trades", columns: SPOT_COLUMNS },
  { name: "spot trades", columns: [...SPOT_COLUMNS, "rpi"] },
];

const SIDES = { Buy: BUY, buy: BUY, Sell: SELL, sell: SELL };
const TICKS = { PlusTick: 1, MinusTick: -1, ZeroPlusTick: 0, ZeroMinusTick: 0 };
const YES_NO = { "1": true, "0": false, true: true, false: false, True: true, False: false };

/** Whether the order of a retail customer was filled at a better price than the book's. */
function readRetail(row: CsvRow, columns: readonly string[]): boolean {
  const column = columns.find((name) => name.toUpperCase() === "RPI");
  return column !== undefined && row.oneOf(column, YES_NO);
}

function positive(row: CsvRow, name: string): ReturnType<CsvRow["decimal"]> {
  const value = row.decimal(name);
  if (value.mantissa <= 0) throw row.wrong(name, "above zero");
  return value;
}

function noteRetail(sink: RowSink, venue: string, symbol: string, retail: boolean): void {
  if (retail) sink.note("trades", venue, symbol, "retailPriceImprovement");
}

/**
 * Trades of linear and inverse contracts. The time is seconds with decimals, read as text and exact to the µs; `side` is the
 * taker's; sizes are the base currency, of inverse contracts USD.
 */
export function bybitContractTrades(
  sink: RowSink,
  columns: readonly string[],
  venue: BybitVenue,
): Pick<PlainTable, "read" | "end"> {
  const order = new BybitTradeOrder();
  const read = (row: CsvRow): Emit => {
    const tsEvent = parseSeconds(row.text("timestamp"));
    if (tsEvent === undefined) throw row.wrong("timestamp", UNIX_SECONDS);
    const symbol = row.text("symbol");
    if (!isSymbol(symbol)) throw row.wrong("symbol", "a symbol");
    const tradeId = row.optionalText("trdMatchID");
    const price = positive(row, "price");
    const trade = {
      line: row.line.number,
      tsEvent,
      tradeId,
      side: row.oneOf("side", SIDES),
      price,
      size: positive(row, "size"),
    };
    const tick = row.oneOf("tickDirection", TICKS);
    const retail = readRetail(row, columns);
    const emit = (): void => {
      noteRetail(sink, venue, symbol, retail);
      sink.row("trades", venue, symbol, trade);
    };
    return () => {
      order.add({ tsEvent, price, tick, emit });
    };
  };
  return {
    read,
    end: () => {
      order.flush();
    },
  };
}

/**
 * Spot trades, times in ms. `id` numbers the rows of a file from 1 and is no id of the venue's: it is left out, or the same trade
 * would have one id in the file of its day and another in that of its month.
 */
export function bybitSpotTrades(
  sink: RowSink,
  columns: readonly string[],
  symbol: string,
): Pick<PlainTable, "read"> {
  return {
    read: (row) => {
      const tsEvent = parseUnixTime(row.text("timestamp"));
      if (tsEvent === undefined) throw row.wrong("timestamp", UNIX_TIME);
      if (!/^\d+$/.test(row.text("id"))) throw row.wrong("id", "a whole number");
      const trade = {
        line: row.line.number,
        tsEvent,
        side: row.oneOf("side", SIDES),
        price: positive(row, "price"),
        size: positive(row, "volume"),
      };
      const retail = readRetail(row, columns);
      return () => {
        noteRetail(sink, "bybit-spot", symbol, retail);
        sink.row("trades", "bybit-spot", symbol, trade);
      };
    },
  };
}
