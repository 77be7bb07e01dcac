import { BUY, NO_SIDE, SELL, isInstrumentName, type Decimal } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { CsvKind } from "../read/csvTable.ts";
import type { Emit } from "../read/emitRecords.ts";
import { parseUtcTime } from "../read/utcTime.ts";

/** The only venue of these files. */
export const VENUE = "bitmex";

/** A kind of file. */
export type BitmexTable = "trades" | "quotes";

const TRADE_COLUMNS = [
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

/** The exact headers; Bybit's older trades have the first. */
export const BITMEX_TABLES: readonly CsvKind<BitmexTable>[] = [
  { name: "trades", columns: TRADE_COLUMNS },
  { name: "trades", columns: [...TRADE_COLUMNS, "trdType"] },
  {
    name: "quotes",
    columns: ["timestamp", "symbol", "bidSize", "bidPrice", "askPrice", "askSize"],
  },
];

/** A time such as `2018-12-05D00:00:25.948313000`, µs; the nanoseconds are cut off. Undefined for other text. */
export const parseBitmexTime = (text: string): number | undefined =>
  /^\d{4}-\d{2}-\d{2}[DT]\d/.test(text) ? parseUtcTime(text.replace("D", "T")) : undefined;

function timeCell(row: CsvRow): number {
  const at = parseBitmexTime(row.text("timestamp"));
  if (at === undefined) throw row.wrong("timestamp", "a time YYYY-MM-DDDHH:MM:SS.fffffffff");
  return at;
}

function symbolCell(row: CsvRow): string {
  const symbol = row.text("symbol");
  if (!isInstrumentName(VENUE, symbol)) throw row.wrong("symbol", "a symbol");
  return symbol;
}

function positive(row: CsvRow, name: string): Decimal {
  const value = row.decimal(name);
  if (value.mantissa <= 0) throw row.wrong(name, "above zero");
  return value;
}

const SIDES = { Buy: BUY, Sell: SELL, "": NO_SIDE };

/** What is no match of two orders has this id. */
const NO_MATCH = "00000000-0000-0000-0000-000000000000";

/** The venue publishes its indices among the trades, with a dot before their names: `.BXBT` becomes `BXBT@index`. */
function readIndex(sink: RowSink, row: CsvRow): Emit {
  const symbol = `${row.text("symbol").slice(1)}@index`;
  if (!isInstrumentName(VENUE, symbol)) throw row.wrong("symbol", "a symbol");
  const tsEvent = timeCell(row);
  const indexPrice = row.real("price");
  if (indexPrice === undefined) throw row.wrong("price", "a number");
  const line = row.line.number;
  return () => sink.row("tickers", VENUE, symbol, { line, tsEvent, indexPrice });
}

/**
 * Trades of all instruments. `side` is the taker's; sizes are contracts. Rows of another `trdType` than Regular are settlements
 * and the like, which happen off the book: they are skipped. Prices of indices, which have type Referential or no type at all in
 * older files, go to `tickers`.
 */
export const bitmexTrades =
  (sink: RowSink, columns: readonly string[]) =>
  (row: CsvRow): Emit => {
    if (row.text("symbol").startsWith(".")) return readIndex(sink, row);
    const type = columns.includes("trdType") ? row.text("trdType") : "Regular";
    if (type !== "Regular") {
      if (!/^[A-Za-z]+$/.test(type)) throw row.wrong("trdType", "a type of trade");
      return () => {
        sink.skip(row.line, `trade off the book (${type})`);
      };
    }
    const symbol = symbolCell(row);
    const id = row.optionalText("trdMatchID");
    const trade = {
      line: row.line.number,
      tsEvent: timeCell(row),
      tradeId: id === NO_MATCH ? undefined : id,
      side: row.oneOf("side", SIDES),
      price: positive(row, "price"),
      size: positive(row, "size"),
    };
    return () => sink.row("trades", VENUE, symbol, trade);
  };

interface Side {
  readonly price: Decimal | undefined;
  readonly size: Decimal | undefined;
}

/** A size of 0 or an empty price says that nobody quotes on this side; a price without a size is a bad row. */
function readSide(row: CsvRow, side: "bid" | "ask"): Side {
  const price = row.optionalDecimal(`${side}Price`);
  const size = row.optionalSize(`${side}Size`);
  if (price !== undefined && size === undefined) throw row.wrong(`${side}Size`, "a size");
  if (price === undefined || size?.mantissa === 0) return { price: undefined, size: undefined };
  return { price: positive(row, `${side}Price`), size };
}

/** Best bid and ask of all instruments at each change. */
export const bitmexQuotes =
  (sink: RowSink) =>
  (row: CsvRow): Emit => {
    const symbol = symbolCell(row);
    const bid = readSide(row, "bid");
    const ask = readSide(row, "ask");
    const quote = {
      line: row.line.number,
      tsEvent: timeCell(row),
      bidPrice: bid.price,
      bidSize: bid.size,
      askPrice: ask.price,
      askSize: ask.size,
    };
    return () => sink.row("quotes", VENUE, symbol, quote);
  };
