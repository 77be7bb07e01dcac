import { ConfigError, DataError, isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { FileHead, ReadHints, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { readPlainTable, type PlainTable } from "../read/plainTable.ts";
import { POOL_VENUE, poolRows, priceRows, returnRows } from "./curveRows.ts";
import { curveTable, type CurveTable } from "./curveTables.ts";

function poolOf(file: SourceFile, hints: ReadHints): string {
  const pool = hints.symbol ?? file.name.replace(/\.csv(?:\.gz)?$/, "");
  if (isInstrumentName(POOL_VENUE, pool)) return pool;
  throw new ConfigError(`${file.name}: the name does not say which pool it is of`, {
    hints: ["Say it with --symbol, e.g. --symbol 3Crv."],
  });
}

function readerOf(
  table: CurveTable,
  file: SourceFile,
  sink: RowSink,
  hints: ReadHints,
): (row: CsvRow) => Emit {
  switch (table.kind) {
    case "pool":
      return poolRows(sink, poolOf(file, hints), table.tokens);
    case "returns":
      return returnRows(sink, table.token);
    case "prices":
      return priceRows(sink);
    default:
      return table satisfies never;
  }
}

function open(file: SourceFile, sink: RowSink, hints: ReadHints, first: SourceLine): PlainTable {
  const table = curveTable(first.text);
  if (table === undefined) {
    throw new DataError(
      `${file.name}:1: unknown header "${first.text.slice(0, 200)}"; expected ",giniCoefficient,shannonsEntropy,TOKEN.netSwapFlow,TOKEN.netLPFlow…" or "timestamp,TOKEN.logReturns" or ",token_id,symbol,timestamp,open,high,low,close,volume"`,
      { hints: ["Check that the source named is the one this file comes from."] },
    );
  }
  sink.dataset(table.kind);
  return { columns: table.columns, headed: true, read: readerOf(table, file, sink, hints) };
}

function recognises({ text }: FileHead): boolean {
  const [header = ""] = text.split(/\r?\n/, 1);
  try {
    return curveTable(header) !== undefined;
  } catch (error) {
    if (error instanceof DataError) return true;
    throw error;
  }
}

/**
 * Per-minute metrics of Curve pools and of their tokens, as computed by Xenophon Labs (curve-lp-metrics, 2023). Times are UTC and
 * name no zone; a minute is called by its start.
 *
 * | file | rows |
 * |---|---|
 * | a pool (the file's name) | `measures` of `curve:3Crv`: Gini coefficient and Shannon entropy (bits) of its balances, mean of the minute; by token the net flow of swaps and of liquidity in the minute, in tokens |
 * | a token's returns | `measures` of `curve-lp-metrics:USDC`: `logReturn`, a fraction |
 * | a token's price | `tickers` of `curve-lp-metrics:UST-USD`: `lastPrice` |
 *
 * Flows of liquidity are in the tokens' smallest units in the file, those of swaps in tokens. Flows are positive into the pool; they are their author's own sums and
 * do not add up to the pool's balances (more USDC flows into 3Crv in March 2023 than it ever held). Returns do not chain to a
 * price either: their source joined pieces, whose seams show as returns of up to ten percent that no market made.
 */
export const curveMetrics: Source = {
  name: "curve-metrics",
  version: 1,
  recognises,
  createReader: (hints) => ({
    read: (file, sink) => readPlainTable(file, sink, (first) => open(file, sink, hints, first)),
  }),
  terms,
};
