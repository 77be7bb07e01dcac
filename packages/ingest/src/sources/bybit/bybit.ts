import { ConfigError, DataError } from "@aftershock/schema";
import type { FileHead, ReadHints, RowSink, Source, SourceFile } from "../../source.ts";
import { isHeader } from "../read/csvTable.ts";
import { firstCharacter } from "../read/fileRecords.ts";
import { readPlainTable, type PlainTable } from "../read/plainTable.ts";
import { parseSeconds } from "../read/venueTimes.ts";
import { readBybitBook } from "./bybitBook.ts";
import { bybitTerms, checkedVenue, isSymbol } from "./bybitMarket.ts";
import { bybitContractTrades, bybitSpotTrades, BYBIT_TRADE_KINDS } from "./bybitTrades.ts";

const BOOK_START = /^\{"topic":"orderbook\.\d+\./;
const SPOT_NAME = /^([A-Z0-9]+)[_-]\d{4}-\d{2}(?:-\d{2})?(?!\d)/;

function spotSymbol(file: SourceFile, hints: ReadHints): string {
  const symbol = SPOT_NAME.exec(file.name)?.[1] ?? hints.symbol;
  if (symbol !== undefined && isSymbol(symbol)) return symbol;
  throw new ConfigError(
    `${file.name}: neither its rows nor its name say the symbol: --symbol is needed`,
    { hints: ["Add --symbol, or give the file Bybit's name, e.g. BTCUSDT_2024-08-05.csv.gz."] },
  );
}

function openTrades(file: SourceFile, sink: RowSink, hints: ReadHints, first: string): PlainTable {
  const kind = BYBIT_TRADE_KINDS.find((known) => isHeader(first, known));
  if (kind === undefined) {
    const expected = BYBIT_TRADE_KINDS.map(({ name, columns }) => `${name} (${columns.join(",")})`);
    throw new DataError(
      `${file.name}:1: "${first.slice(0, 200)}" is no message of Bybit's order book stream and no header of its trades; expected ${expected.join(" or ")}`,
      { hints: ["Check that the source named is the one this file comes from."] },
    );
  }
  const { columns } = kind;
  if (kind.name === "derivative trades") {
    checkedVenue(file.name, "bybit", hints);
    return { columns, headed: true, ...bybitContractTrades(sink, columns, "bybit") };
  }
  checkedVenue(file.name, "bybit-spot", hints);
  return { columns, headed: true, ...bybitSpotTrades(sink, columns, spotSymbol(file, hints)) };
}

/** BitMEX has the same header of trades: only the form of the times, in the first row, tells the two apart. */
function recognises({ text }: FileHead): boolean {
  if (BOOK_START.test(text)) return true;
  const [header = "", row = ""] = text.split(/\r?\n/, 2);
  const kind = BYBIT_TRADE_KINDS.find((known) => isHeader(header, known));
  if (kind?.name === "spot trades") return true;
  return kind !== undefined && parseSeconds(row.split(",", 1)[0] ?? "") !== undefined;
}

/**
 * Bybit's public archives: trades of contracts and of spot, and order books.
 *
 * | file | rows | tsEvent |
 * |---|---|---|
 * | `BTCUSDT2024-08-05.csv.gz`: trades of linear and inverse contracts | `trades` of `bybit` | `timestamp`, seconds with decimals |
 * | `BTCUSDT_2024-08-05.csv.gz`: spot trades | `trades` of `bybit-spot` | `timestamp`, ms |
 * | `…_ob500.data.zip`, `…_ob200.data.zip`: JSON lines | `book`, chained by `u` | `cts`, the matching engine's |
 *
 * Nobody recorded when a row was received: `tsRecv` is absent.
 */
export const bybit: Source = {
  name: "bybit",
  version: 1,
  recognises,
  createReader: (hints) => ({
    read: async (file, sink) => {
      if ((await firstCharacter(file)) === "{") await readBybitBook(file, sink, hints);
      else await readPlainTable(file, sink, ({ text }) => openTrades(file, sink, hints, text));
    },
  }),
  terms: bybitTerms,
};
