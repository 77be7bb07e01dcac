import type { RawRow, RowSink } from "../../source.ts";
import { addressOf, hashOf, integerText, quantityOf } from "../onchain/addresses.ts";
import { canonicalJson } from "../onchain/canonicalJson.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { utcCell } from "../read/utcTime.ts";
import type { DemeterInstrument } from "./demeterMinutes.ts";

/** The events of the pool by what demeter-fetch calls them. */
const EVENTS: Readonly<Record<string, string>> = {
  AAVE_SUPPLY: "Supply",
  AAVE_WITHDRAW: "Withdraw",
  AAVE_BORROW: "Borrow",
  AAVE_REPAY: "Repay",
  AAVE_LIQUIDATION: "LiquidationCall",
};

/** Whether aTokens were used or received, as pandas prints a column of truth values that has gaps. */
const FLAGS: Readonly<Record<string, boolean>> = {
  "0.0": false,
  "1.0": true,
  False: false,
  True: true,
  "0": false,
  "1": true,
};

function argsOf(row: CsvRow): string {
  const address = (name: string): readonly (readonly [string, string])[] =>
    row.optionalText(name) === undefined ? [] : [[name, addressOf(row.text(name), name)]];
  const flag = row.optionalText("atoken");
  return canonicalJson(
    Object.fromEntries<string | boolean>([
      ["amount", integerText(row.text("amount"), "amount")],
      ["reserve", addressOf(row.text("reserve"), "reserve")],
      ["owner", addressOf(row.text("owner"), "owner")],
      ...address("liquidator").map(([, value]) => ["liquidator", value] as const),
      ...address("debt_asset").map(([, value]) => ["debtAsset", value] as const),
      ...(row.optionalText("debt_amount") === undefined
        ? []
        : [["debtAmount", integerText(row.text("debt_amount"), "debt_amount")] as const]),
      ...(flag === undefined ? [] : [["aToken", row.oneOf("atoken", FLAGS)] as const]),
    ]),
  );
}

function readAction(row: CsvRow): RawRow<"chain"> {
  return {
    tsEvent: utcCell(row, "block_timestamp"),
    blockNumber: quantityOf(row.text("block_number"), "block_number"),
    logIndex: quantityOf(row.text("log_index"), "log_index"),
    txHash: hashOf(row.text("transaction_hash"), "transaction_hash"),
    event: row.oneOf("tx_type", EVENTS),
    args: argsOf(row),
    line: row.line.number,
  };
}

/**
 * Events of one reserve that demeter-fetch decoded; those that change only rates (ReserveDataUpdated) it leaves out. `owner` is
 * the account that the event is on behalf of: `onBehalfOf` of a supply or borrow, `user` of a repayment, `to` of a withdrawal.
 * Checked against the raw logs of the same day, event by event.
 */
export function demeterActions(sink: RowSink, { venue, symbol }: DemeterInstrument): CsvHandler {
  return {
    row: (row) => {
      const read = readCells(sink, row, readAction);
      if (read !== undefined) sink.row("chain", venue, symbol, read);
    },
  };
}
