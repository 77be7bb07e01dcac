import { ConfigError, DataError, NO_SIDE } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type {
  InstrumentTerms,
  RawRow,
  ReadHints,
  RowSink,
  Source,
  SourceFile,
  SourceLine,
} from "../../source.ts";
import { addressOf } from "../onchain/addresses.ts";
import type { CsvRow } from "../read/csvRow.ts";
import type { Emit } from "../read/emitRecords.ts";
import { parseIsoMicros } from "../read/parseIsoMicros.ts";
import { readPlainTable } from "../read/plainTable.ts";
import { positionAssets, type PositionAssets } from "./positionAssets.ts";

/** What every table begins with, after its index and sometimes another. */
const HEADER =
  /^(?:,Unnamed: 0)?,user,collateral,debt,available_borrow,threshold,ltv,healthf,amount,ethdebt,(emode,|collateral_steth_calc,)/;

/** A table of one version of the protocol. */
interface Snapshot {
  readonly venue: "aave-v2" | "aave-v3";
  readonly symbol: string;
  readonly at: number;
}

/** The day of the snapshot, which no table states. Throws ConfigError when the user does not say it. */
function dayOf(file: SourceFile, { date }: ReadHints): number {
  const at = date === undefined ? undefined : parseIsoMicros(`${date}T00:00:00Z`);
  if (at !== undefined) return at;
  throw new ConfigError(`${file.name}: the table does not say of which day its positions are`, {
    hints: ["Name the UTC day with --date YYYY-MM-DD."],
  });
}

/** The file's name up to the first point, with what no symbol may hold replaced. */
const stemOf = (fileName: string): string =>
  (fileName.split(".", 1)[0] ?? "").replaceAll(/[^A-Za-z0-9_-]/g, "-").slice(0, 64);

function snapshotOf(file: SourceFile, header: string, hints: ReadHints): Snapshot {
  const [, version] = HEADER.exec(header) ?? [];
  if (version === undefined) {
    throw new DataError(`${file.name}:1: no table of positions: "${header.slice(0, 300)}"`, {
      hints: ["Check that the source named is the one this file comes from."],
    });
  }
  return {
    venue: version === "emode," ? "aave-v3" : "aave-v2",
    symbol: hints.symbol ?? `ACCOUNTS@${stemOf(file.name)}`,
    at: dayOf(file, hints),
  };
}

function needed(row: CsvRow, name: string): number {
  const value = row.real(name);
  if (value === undefined || value < 0) throw row.wrong(name, "a number of zero or more");
  return value;
}

/** Basis points, 0 … 10,000, as a fraction. */
function thresholdOf(row: CsvRow): number {
  const points = needed(row, "threshold");
  if (points > 10_000) throw row.wrong("threshold", "at most 10000 basis points");
  return points / 10_000;
}

/** The account as a whole, and then what it holds and owes of each asset that the table has. */
function readPosition(
  row: CsvRow,
  { at }: Snapshot,
  assets: PositionAssets,
): readonly RawRow<"positions">[] {
  const common = {
    tsEvent: at,
    account: addressOf(row.text("user"), "user"),
    side: NO_SIDE,
    line: row.line.number,
  };
  const account = {
    ...common,
    collateral: needed(row, "collateral"),
    debt: needed(row, "debt"),
    healthFactor: needed(row, "healthf"),
    liquidationThreshold: thresholdOf(row),
  };
  return [account, ...assets(row).map((asset) => ({ ...common, ...asset }))];
}

async function readPositions(file: SourceFile, sink: RowSink, hints: ReadHints): Promise<void> {
  await readPlainTable(file, sink, (first: SourceLine) => {
    const snapshot = snapshotOf(file, first.text, hints);
    const columns = first.text.split(",");
    const assets = positionAssets(columns, snapshot.venue);
    sink.note("positions", snapshot.venue, snapshot.symbol, "timeOfDayUnknown");
    return {
      columns,
      headed: true,
      read: (row): Emit => {
        const rows = readPosition(row, snapshot, assets);
        return () => {
          for (const own of rows) sink.row("positions", snapshot.venue, snapshot.symbol, own);
        };
      },
    };
  });
}

/** Aave v2 keeps its accounts in ETH, v3 in USD. */
function accountTerms(venue: string, symbol: string, at: number): InstrumentTerms {
  const quote = venue === "aave-v2" ? "ETH" : "USD";
  return { ...terms(venue, symbol, at), quote, settle: quote };
}

/**
 * Accounts of Aave v2 and v3 that hold stETH or wstETH, at one instant of a day that --date names, as lidofinance's
 * aave-liquidation-model tables them: `positions`, tsEvent the start of that day (the time of day is not recorded; note
 * `timeOfDayUnknown`).
 * One row for the whole account, and where the table breaks it down one for each asset (`asset`), with its collateral and debt.
 * Values are in ETH for v2 and USD for v3, told by the column `emode`; `threshold` is in basis points. The venue is the version.
 *
 * The model cuts its accounts into bins by what they owe, and writes the whole and the bins as tables of the same columns: each
 * table is an instrument of its own, named for the file (`aave-v2:ACCOUNTS@b1`), so that no account counts twice. The `diff_…`
 * columns are the model's own errors of reconciliation, and left out with all that follows from others.
 */
export const aavePositions: Source = {
  name: "aave-positions",
  version: 1,
  recognises: ({ text }) => HEADER.test(text),
  createReader: (hints) => ({ read: (file, sink) => readPositions(file, sink, hints) }),
  terms: accountTerms,
};
