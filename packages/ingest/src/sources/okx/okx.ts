import { ConfigError, DataError } from "@aftershock/schema";
import type { FileHead, ReadHints, Source } from "../../source.ts";
import { firstCharacter } from "../read/fileRecords.ts";
import { readPlainTable, type PlainTable } from "../read/plainTable.ts";
import { readOkxBook } from "./okxBook.ts";
import { isInstrumentId, okxTerms } from "./okxMarket.ts";
import {
  okxCandlesticks,
  okxFundingRates,
  okxTrades,
  OKX_TABLES,
  type OkxFile,
  type OkxTable,
} from "./okxTables.ts";

const FILE_NAME =
  /^([A-Z0-9_]+(?:-[A-Z0-9._]+)*)-(?:trades|aggtrades)-\d{4}-\d{2}(?:-\d{2})?(?!\d)/;
const LEGACY_ROW = /^\d+,(?:buy|sell|BUY|SELL),\d[\d.eE+-]*,\d[\d.eE+-]*,\d{13}$/;
const BOOK_START = /^\{(?:"(?:instId|action|ts)":(?:"[^"]*"|\d+),){3}"(?:asks|bids)":\[/;

interface FoundTable {
  readonly table: OkxTable;
  readonly columns: readonly string[];
  readonly headed: boolean;
}

/**
 * The table that a first line begins. Older headers repeat each name in Chinese behind a slash, in an encoding of its own, of
 * which only the name is read; the oldest files have no header.
 */
function tableOf(line: string): FoundTable | undefined {
  const header = line
    .split(",")
    .map((cell) => cell.split("/", 1)[0])
    .join(",");
  const named = OKX_TABLES.find(([, columns]) => columns.join(",") === header);
  if (named !== undefined) return { table: named[0], columns: named[1], headed: true };
  const legacy = OKX_TABLES.find(([table]) => table === "legacyTrades");
  return legacy !== undefined && LEGACY_ROW.test(line)
    ? { table: legacy[0], columns: legacy[1], headed: false }
    : undefined;
}

function symbolOf({ name, hints }: OkxFile): string {
  const symbol = FILE_NAME.exec(name)?.[1] ?? hints.symbol;
  if (symbol !== undefined && isInstrumentId(symbol) && !symbol.endsWith("chain")) return symbol;
  throw new ConfigError(
    `${name}: neither its rows nor its name say the instrument: --symbol is needed`,
    {
      hints: [
        "Add --symbol, e.g. --symbol BTC-USDT-SWAP, or give the file OKX's name, e.g. BTC-USDT-SWAP-trades-2022-05-12.zip.",
      ],
    },
  );
}

function openTable(file: OkxFile, line: string): PlainTable {
  const found = tableOf(line);
  if (found === undefined) {
    const expected = OKX_TABLES.map(([table, columns]) => `${table} (${columns.join(",")})`);
    throw new DataError(
      `${file.name}:1: "${line.slice(0, 200)}" is no message of OKX's order book archive and begins none of its tables; expected ${expected.join(" or ")}`,
      { hints: ["Check that the source named is the one this file comes from."] },
    );
  }
  const { table, columns, headed } = found;
  const { sink } = file;
  switch (table) {
    case "trades":
    case "legacyTrades": {
      const symbol = table === "legacyTrades" ? symbolOf(file) : undefined;
      // Two forms of one set: single and aggregated trades of a day are the same trades.
      sink.dataset(file.name.includes("aggtrades") ? "trades:aggregated" : "trades:single");
      return { columns, headed, read: okxTrades(file, symbol) };
    }
    case "candlesticks":
      sink.dataset("candlesticks-1m");
      return { columns, headed, read: okxCandlesticks(file) };
    case "fundingRates":
      sink.dataset("fundingRates");
      return { columns, headed, read: okxFundingRates(file) };
    default:
      return table satisfies never;
  }
}

function recognises({ name, text }: FileHead): boolean {
  if (BOOK_START.test(text.slice(0, 1_000))) return true;
  const [line = ""] = text.split(/\r?\n/, 1);
  const found = tableOf(line);
  return found !== undefined && (found.headed || FILE_NAME.test(name));
}

/** Whoever says no more than whose archive it is says nothing of the market. */
function marketHints({ venue, ...others }: ReadHints): ReadHints {
  return venue === undefined || venue === "okx" ? others : { venue, ...others };
}

/**
 * OKX's archive. Files of trades and candlesticks are cut on the day of UTC+8, those of books on the UTC day; rows go to the UTC
 * day that they are of, whatever file they come from.
 *
 * | file | rows | tsEvent |
 * |---|---|---|
 * | trades and aggtrades, of any age | `trades`; the two of one time displace each other | `created_time` |
 * | candlesticks, one minute | `candles` | `open_time` |
 * | allswap-fundingrates | `tickers` of every swap | `funding_time`: the settlement |
 * | L2orderbook, JSON lines | `book` | `ts` |
 *
 * The venue is that of other recordings: `okex` for spot, `okex-swap`, `okex-futures`, `okex-options`, by the instrument's id;
 * `--venue okx` says no more than whose archive it is.
 * Nobody recorded when a row was received: `tsRecv` is absent.
 */
export const okx: Source = {
  name: "okx",
  version: 1,
  recognises,
  createReader: (hints) => ({
    read: async (file, sink) => {
      const opened = { name: file.name, sink, hints: marketHints(hints) };
      if ((await firstCharacter(file)) === "{") await readOkxBook(file, opened);
      else await readPlainTable(file, sink, ({ text }) => openTable(opened, text));
    },
  }),
  terms: okxTerms,
};
