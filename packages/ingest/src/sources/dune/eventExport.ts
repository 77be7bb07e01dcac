import { DataError } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { EVENT_TABLE } from "../evmLogs/eventTable.ts";
import { readDeclaration, type AbiDeclaration, type AbiType } from "../evmLogs/eventDeclaration.ts";
import { addressOf, hashOf, quantityOf } from "../onchain/addresses.ts";
import { canonicalJson, type ArgValue } from "../onchain/canonicalJson.ts";
import { decimalOfText } from "../onchain/decimalText.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { isCutToMinute, spreadsheetTime } from "./spreadsheetTime.ts";

/** Columns of Dune's own, beside the arguments. */
const isOwnColumn = (name: string): boolean =>
  name === "contract_address" || name.startsWith("evt_");

/** The event whose arguments have exactly these names. Throws DataError when there is none, or events of two names have them. */
function eventWith(fileName: string, args: readonly string[]): AbiDeclaration {
  const wanted = args.toSorted().join(",");
  const found = EVENT_TABLE.map(([, text]) => readDeclaration(text)).filter(
    ({ parameters }) =>
      parameters
        .map(({ name }) => name)
        .toSorted()
        .join(",") === wanted,
  );
  const [first] = found;
  if (first !== undefined && found.every(({ name }) => name === first.name)) return first;
  const which = first === undefined ? "no event has" : "several events have";
  throw new DataError(`${fileName}:1: ${which} the arguments ${wanted}`, {
    hints: ["Ingest the event's raw logs, with the source evm-logs."],
  });
}

/** An integer; one that a spreadsheet rounded to a few digits and a power of ten is what they say. */
function integerCell(row: CsvRow, name: string): string {
  const text = decimalOfText(row.text(name), name);
  if (!/^-?\d{1,78}$/.test(text)) throw row.wrong(name, "an integer");
  return text;
}

function argOf(row: CsvRow, name: string, type: AbiType): ArgValue {
  if (type.kind === "uint" || type.kind === "int") return integerCell(row, name);
  if (type.kind === "address") return addressOf(row.text(name), name);
  if (type.kind === "bool") return row.oneOf<boolean>(name, { true: true, false: false });
  if (/^0x[0-9a-fA-F]*$/.test(row.text(name))) return row.text(name).toLowerCase();
  throw row.wrong(name, "bytes in hex");
}

const isRounded = (row: CsvRow, { parameters }: AbiDeclaration): boolean =>
  parameters.some(({ name, type }) => type.kind !== "address" && /\d[eE]\+/.test(row.text(name)));

/** What reads the rows of a table of one decoded event. Throws DataError when its columns are no known event's. */
export function eventTable(
  fileName: string,
  columns: readonly string[],
  sink: RowSink,
  chain: string,
): (row: CsvRow) => Emit {
  const declaration = eventWith(
    fileName,
    columns.filter((name) => !isOwnColumn(name)),
  );
  const { name: event, parameters } = declaration;
  return (row) => {
    const address = addressOf(row.text("contract_address"), "contract_address");
    const args = parameters.map(({ name, type }) => [name, argOf(row, name, type)] as const);
    const found = {
      tsEvent: spreadsheetTime(row, "evt_block_time"),
      blockNumber: quantityOf(row.text("evt_block_number"), "evt_block_number"),
      logIndex: quantityOf(row.text("evt_index"), "evt_index"),
      txHash: hashOf(row.text("evt_tx_hash"), "evt_tx_hash"),
      address,
      event,
      args: canonicalJson(Object.fromEntries(args)),
      line: row.line.number,
    };
    return () => {
      sink.row("chain", chain, address, found);
      if (isCutToMinute(row.text("evt_block_time"))) {
        sink.note("chain", chain, address, "timeCutToMinute");
      }
      if (isRounded(row, declaration)) sink.note("chain", chain, address, "roundedBySpreadsheet");
    };
  };
}
