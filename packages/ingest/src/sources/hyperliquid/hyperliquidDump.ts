import { BUY, MAKER, SELL, TAKER } from "@aftershock/schema";
import type { RowSink, Source } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import {
  isHeader,
  readCells,
  readCsvTable,
  type CsvHandler,
  type CsvKind,
} from "../read/csvTable.ts";
import { utcCell } from "../read/utcTime.ts";
import { ACCOUNTS, coinSymbol, HYPERLIQUID, hyperliquidTerms } from "./hyperliquidCoins.ts";
import { accountOf } from "./hyperliquidFill.ts";

type DumpTable = "trades" | "liquidations" | "ledger updates";

const TABLES: readonly CsvKind<DumpTable>[] = [
  { name: "trades", columns: ["time", "user", "coin", "side", "px", "sz", "crossed"] },
  {
    name: "liquidations",
    columns: ["time", "user", "liquidated_ntl_pos", "liquidated_account_value", "leverage_type"],
  },
  { name: "ledger updates", columns: ["time", "user", "delta_usd"] },
];

const userOf = (row: CsvRow): string => accountOf(row.text("user"), "user");

const fills = (sink: RowSink): CsvHandler => ({
  row: (line) => {
    const read = readCells(sink, line, (row) => ({
      symbol: coinSymbol(row.text("coin")),
      fill: {
        line: row.line.number,
        tsEvent: utcCell(row, "time"),
        account: userOf(row),
        side: row.oneOf("side", { Bid: BUY, Ask: SELL }),
        price: row.decimal("px"),
        size: row.size("sz"),
        liquidity: row.oneOf("crossed", { true: TAKER, false: MAKER }),
      },
    }));
    if (read !== undefined) sink.row("fills", HYPERLIQUID, read.symbol, read.fill);
  },
});

/** A number as it is written, once it is known to be one. */
function numberText(row: CsvRow, column: string): string {
  if (row.real(column) === undefined) throw row.wrong(column, "a number");
  return row.text(column);
}

/** Events of accounts. `readArgs` gives the arguments with their names in order. */
const accountEvents = (
  sink: RowSink,
  event: string,
  readArgs: (row: CsvRow) => Readonly<Record<string, string>>,
): CsvHandler => ({
  row: (line) => {
    const read = readCells(sink, line, (row) => ({
      line: row.line.number,
      tsEvent: utcCell(row, "time"),
      event,
      args: JSON.stringify(readArgs(row)),
    }));
    if (read !== undefined) sink.row("chain", HYPERLIQUID, ACCOUNTS, read);
  },
});

const HANDLERS: Readonly<Record<DumpTable, (sink: RowSink) => CsvHandler>> = {
  trades: fills,
  liquidations: (sink) =>
    accountEvents(sink, "Liquidation", (row) => ({
      accountValueUsd: numberText(row, "liquidated_account_value"),
      leverageType: row.oneOf("leverage_type", { Cross: "Cross", Isolated: "Isolated" }),
      notionalUsd: numberText(row, "liquidated_ntl_pos"),
      user: userOf(row),
    })),
  "ledger updates": (sink) =>
    accountEvents(sink, "LedgerUpdate", (row) => ({
      deltaUsd: numberText(row, "delta_usd"),
      user: userOf(row),
    })),
};

/**
 * Hyperliquid's own dump of its first months (February to May 2023), three tables with times in whole seconds, UTC:
 *
 * | file | rows |
 * |---|---|
 * | `non_mm_trades.csv` | `fills` of accounts that are no market makers, without ids: equal lines are different fills |
 * | `liquidations.csv` | `chain`, event `Liquidation`, of `hyperliquid:ACCOUNTS`: the notional of the positions closed, the account's value and how its margin was held; coin and price are not recorded, so they are no row of `liquidations` |
 * | `non_mm_ledger_updates.csv` | `chain`, event `LedgerUpdate`: what was deposited or, negative, withdrawn |
 *
 * Source: repository hyperliquid-dex/historical_data (2023).
 */
export const hyperliquidDump: Source = {
  name: "hyperliquid-2023",
  version: 1,
  recognises: ({ text }) => TABLES.some((table) => isHeader(text, table)),
  createReader: () => ({
    read: (file, sink) =>
      readCsvTable(file, sink, TABLES, (table) => {
        sink.dataset(table);
        return HANDLERS[table](sink);
      }),
  }),
  terms: hyperliquidTerms,
};
