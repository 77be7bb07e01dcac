import { DataError, isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { RawRow, ReadHints, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { hashOf, quantityOf } from "../onchain/addresses.ts";
import { canonicalJson } from "../onchain/canonicalJson.ts";
import { chainOf } from "../onchain/chains.ts";
import { decimalOfText } from "../onchain/decimalText.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { readPlainTable } from "../read/plainTable.ts";
import { utcCell } from "../read/utcTime.ts";
import { eventTable } from "./eventExport.ts";
import { spreadsheetTime } from "./spreadsheetTime.ts";

const PRICES = "minute,symbol,price";
const SWAPS =
  "TX_HASH,PLATFORM,SYMBOL_IN,SYMBOL_OUT,BLOCK_NUMBER,BLOCK_TIMESTAMP,BTC_SPOT_PRICE_USD";
const BLOCKS =
  "AVG_PRICE,MAX_PRICE,MIN_PRICE,SWAP_COUNT,BLOCK_NUMBER,PRICE_STDDEV,BLOCK_TIMESTAMP,VOLATILITY_FLAG,TOTAL_VOLUME_USD";
/** A decoded event of Dune: the contract and its transaction, and then the event's arguments, a column each. */
const EVENTS = /^contract_address,evt_tx_hash,(?:\w+,)*evt_block_number,/;

/** The figures of the swaps of one block; the standard deviation is empty for a single swap. */
const BLOCK_FIGURES: readonly (readonly [column: string, measure: string])[] = [
  ["AVG_PRICE", "averagePriceUsd"],
  ["MAX_PRICE", "highestPriceUsd"],
  ["MIN_PRICE", "lowestPriceUsd"],
  ["PRICE_STDDEV", "priceDeviationUsd"],
  ["SWAP_COUNT", "swaps"],
  ["TOTAL_VOLUME_USD", "volumeUsd"],
];

/** What reads the rows of a table. */
type RowReader = (row: CsvRow) => Emit;

function symbolCell(row: CsvRow, venue: string, name: string): string {
  const symbol = row.text(name);
  if (!isInstrumentName(venue, symbol)) throw row.wrong(name, "a token's symbol");
  return symbol;
}

/** Prices of tokens a minute, of Dune's own table of prices. */
function priceReader(sink: RowSink): RowReader {
  return (row) => {
    const symbol = symbolCell(row, "dune", "symbol");
    const value = row.real("price");
    if (value === undefined || value <= 0) throw row.wrong("price", "a price above zero");
    const tsEvent = spreadsheetTime(row, "minute");
    return () =>
      sink.row("measures", "dune", symbol, {
        tsEvent,
        measure: "priceUsd",
        value,
        line: row.line.number,
      });
  };
}

function readSwap(row: CsvRow): RawRow<"chain"> {
  const args = {
    btcSpotPriceUsd: decimalOfText(row.text("BTC_SPOT_PRICE_USD"), "BTC_SPOT_PRICE_USD"),
    platform: row.text("PLATFORM"),
    symbolIn: row.text("SYMBOL_IN"),
    symbolOut: row.text("SYMBOL_OUT"),
  };
  return {
    tsEvent: utcCell(row, "BLOCK_TIMESTAMP"),
    blockNumber: quantityOf(row.text("BLOCK_NUMBER"), "BLOCK_NUMBER"),
    txHash: hashOf(row.text("TX_HASH"), "TX_HASH"),
    event: "DexSwap",
    args: canonicalJson(args),
    line: row.line.number,
  };
}

function swapReader(sink: RowSink, chain: string, symbol: string): RowReader {
  return (row) => {
    const swap = readSwap(row);
    return () => sink.row("chain", chain, symbol, swap);
  };
}

function blockReader(sink: RowSink, chain: string, symbol: string): RowReader {
  return (row) => {
    const tsEvent = utcCell(row, "BLOCK_TIMESTAMP");
    const values = BLOCK_FIGURES.flatMap(([column, measure]) => {
      const value = row.real(column);
      return value === undefined ? [] : [{ measure, value }];
    });
    if (values.length === 0) throw new DataError("the block has no figure");
    return () => {
      for (const figure of values) {
        sink.row("measures", chain, symbol, { tsEvent, ...figure, line: row.line.number });
      }
    };
  };
}

/** The reader of a table, by its header. Throws DataError for another header. */
function readerOf(file: SourceFile, header: string, sink: RowSink, hints: ReadHints): RowReader {
  const symbol = hints.symbol ?? "BTC-SWAPS";
  if (header === PRICES) return priceReader(sink);
  if (header === SWAPS) return swapReader(sink, chainOf(file.name, hints), symbol);
  if (header === BLOCKS) return blockReader(sink, chainOf(file.name, hints), symbol);
  if (EVENTS.test(header)) {
    return eventTable(file.name, header.split(","), sink, chainOf(file.name, hints));
  }
  throw new DataError(`${file.name}:1: unknown header "${header.slice(0, 300)}"`, {
    hints: ["Check that the source named is the one this file comes from."],
  });
}

/**
 * Results of queries on Dune and Flipside, as CSV. The chain, which no table names, is the venue: --venue, or a word of the file's
 * name.
 *
 * | table | stream | tsEvent |
 * |---|---|---|
 * | Dune, a decoded event (`contract_address,evt_tx_hash,…` and a column an argument) | `chain`, as `evm-logs` has it: the event is the one with these arguments | evt_block_time |
 * | Dune, prices (`minute,symbol,price`) | `measures` of `dune:WETH`: priceUsd | minute |
 * | Flipside, swaps of BTC | `chain` of `BTC-SWAPS` (--symbol): DexSwap, a leg a row, with the price of BTC it came to | BLOCK_TIMESTAMP |
 * | Flipside, swaps of BTC by block | `measures` of the same: averagePriceUsd, highestPriceUsd, lowestPriceUsd, priceDeviationUsd, swaps, volumeUsd | BLOCK_TIMESTAMP |
 *
 * A spreadsheet on the way leaves its marks: a byte order mark, days as d/m/Y, times cut to the minute (`timeCutToMinute`), large
 * integers in powers of ten (`roundedBySpreadsheet`).
 */
export const dune: Source = {
  name: "dune",
  version: 1,
  recognises: ({ text }) => {
    const [header = ""] = text.split(/\r?\n/, 1);
    return [PRICES, SWAPS, BLOCKS].includes(header) || EVENTS.test(header);
  },
  createReader: (hints) => ({
    read: (file, sink) =>
      readPlainTable(file, sink, (first: SourceLine) => ({
        columns: first.text.split(","),
        headed: true,
        read: readerOf(file, first.text, sink, hints),
      })),
  }),
  terms,
};
