import type { RowSink } from "../../source.ts";
import { GAS } from "../onchain/gas.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { utcCell } from "../read/utcTime.ts";

/** The price of gas in each minute, gwei: one figure, of which the table does not say how it sums up the minute's transactions. */
export function demeterGas(sink: RowSink, chain: string): CsvHandler {
  return {
    row: (row) => {
      const read = readCells(sink, row, (cells) => ({
        tsEvent: utcCell(cells, "block_timestamp"),
        gasPriceGwei: cells.real("gas_price"),
      }));
      if (read === undefined) return;
      if (read.gasPriceGwei === undefined) sink.skip(row.line, "minute without a price of gas");
      else sink.row("gas", chain, GAS, { ...read, line: row.line.number });
    },
  };
}
