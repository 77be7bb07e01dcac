import { ConfigError, DataError, type Decimal } from "@aftershock/schema";
import type { ReadHints, RowSink, SourceFile, SourceLine } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { isHeader, type CsvKind } from "../read/csvTable.ts";
import type { Emit } from "../read/emitRecords.ts";
import { EXACT_DECIMAL, parseExact } from "../read/parseExact.ts";
import { readPlainTable, type PlainTable } from "../read/plainTable.ts";
import { toldVenue } from "../read/toldVenue.ts";
import type { Level } from "../read/topLevels.ts";
import { parseUtcTime } from "../read/utcTime.ts";
import type { DatabentoEvent } from "./databentoEvent.ts";
import { namedVenue, symbolOf } from "./databentoInstrument.ts";
import { DatabentoWriter, type OpenOrders } from "./databentoWriter.ts";
import { actionOf, addLevel, sideOf } from "./dbnEvents.ts";

const HEAD = "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side";
const MBO = `${HEAD},price,size,channel_id,order_id,flags,ts_in_delta,sequence`;
const TRADES = `${HEAD},depth,price,size,flags,ts_in_delta,sequence`;

const levelColumns = (count: number): string =>
  Array.from({ length: count }, (_, i) =>
    ["bid_px", "ask_px", "bid_sz", "ask_sz", "bid_ct", "ask_ct"].map((name) => `${name}_0${i}`),
  ).join(",");

type Schema = "mbo" | "mbp-10" | "mbp-1" | "trades";

const COLUMNS: Readonly<Record<Schema, string>> = {
  mbo: MBO,
  "mbp-10": `${TRADES},${levelColumns(10)}`,
  "mbp-1": `${TRADES},${levelColumns(1)}`,
  trades: TRADES,
};

const RTYPES: Readonly<Record<Schema, string>> = {
  mbo: "160",
  "mbp-10": "10",
  "mbp-1": "1",
  trades: "0",
};

const SCHEMAS: readonly Schema[] = ["mbo", "mbp-10", "mbp-1", "trades"];

/** The tables that are read: each schema, without and with the column of symbols that the vendor adds when asked to. */
const DATABENTO_TABLES: readonly (CsvKind & { readonly schema: Schema })[] = SCHEMAS.flatMap(
  (schema) =>
    [COLUMNS[schema], `${COLUMNS[schema]},symbol`].map((columns) => ({
      name: schema,
      schema,
      columns: columns.split(","),
    })),
);

/** Whether a file's text starts with the header of one of the tables. */
export const isDatabentoCsv = (text: string): boolean =>
  DATABENTO_TABLES.some((table) => isHeader(text, table));

/** What stands for a price that there is none of, where prices are whole units of 1e-9, and for such a time. */
const NO_PRICE = "9223372036854775807";
const NO_TIME = "18446744073709551615";

/** A price as a decimal, or, without a point, in units of 1e-9. */
function priceCell(row: CsvRow, name: string): Decimal | undefined {
  const text = row.optionalText(name);
  if (text === undefined || text === NO_PRICE) return undefined;
  const price = parseExact(text.includes(".") ? text : `${text}e-9`);
  if (price === undefined || /[eE]/.test(text)) throw row.wrong(name, EXACT_DECIMAL);
  return price;
}

/** 1973-03-03: nothing recorded is older. µs. */
const EARLIEST_MICROS = 1e14;

/** A time in ns or as ISO 8601, as µs, rounded down. */
function timeCell(row: CsvRow, name: string): number | undefined {
  const text = row.optionalText(name);
  if (text === undefined || text === NO_TIME) return undefined;
  const at = /^\d{18,19}$/.test(text) ? Number(text.slice(0, -3)) : parseUtcTime(text);
  if (at !== undefined && at >= EARLIEST_MICROS && Number.isSafeInteger(at)) return at;
  throw row.wrong(name, "a time in ns, or an ISO 8601 time, after 1973");
}

function wholeCell(row: CsvRow, name: string, most: number): number {
  const text = row.text(name);
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw row.wrong(name, `a whole number up to ${most}`);
}

const MOST_32 = 2 ** 32 - 1;

function orderIdCell(row: CsvRow): string {
  const text = row.text("order_id");
  if (/^\d{1,20}$/.test(text)) return text;
  throw row.wrong("order_id", "an order id, a whole number");
}

function levelsOf(row: CsvRow, count: number): { bids: Level[]; asks: Level[] } {
  const bids: Level[] = [];
  const asks: Level[] = [];
  for (let i = 0; i < count; i += 1) {
    addLevel(bids, priceCell(row, `bid_px_0${i}`), wholeCell(row, `bid_sz_0${i}`, MOST_32));
    addLevel(asks, priceCell(row, `ask_px_0${i}`), wholeCell(row, `ask_sz_0${i}`, MOST_32));
  }
  return { bids, asks };
}

/** The venue of a CSV file: as its name tells, or as the user says. Throws ConfigError where nobody does. */
function venueOfCsv(file: SourceFile, hints: ReadHints): string {
  const named = namedVenue(file.name);
  if (named !== undefined) return toldVenue(file.name, named, hints);
  if (hints.venue !== undefined) return hints.venue;
  throw new ConfigError(`${file.name}: neither the file nor its name tells the dataset`, {
    hints: ["Say it with --venue, e.g. --venue glbx-mdp3 for GLBX.MDP3."],
  });
}

/** One CSV file on its way to the rows. */
class DatabentoTable implements PlainTable {
  readonly columns: readonly string[];
  readonly headed = true;
  private readonly schema: Schema;
  private readonly venue: string;
  private readonly symbolHint: string | undefined;
  private readonly isBefore: boolean;
  private readonly writer: DatabentoWriter;
  private instrument: number | undefined;
  /** The instrument that the user's symbol stands for. */
  private hinted: number | undefined;
  private readonly fileName: string;

  constructor(
    file: SourceFile,
    hints: ReadHints,
    table: (typeof DATABENTO_TABLES)[number],
    writer: DatabentoWriter,
  ) {
    this.fileName = file.name;
    this.columns = table.columns;
    this.schema = table.schema;
    this.venue = venueOfCsv(file, hints);
    this.symbolHint = hints.symbol;
    this.isBefore = /[.-]tbbo\b/.test(file.name);
    this.writer = writer;
  }

  read(row: CsvRow): Emit {
    this.instrument = undefined;
    const instrument = wholeCell(row, "instrument_id", MOST_32);
    this.instrument = instrument;
    const event = this.eventOf(row, instrument);
    switch (this.schema) {
      case "mbo":
        return this.writer.order({ ...event, orderId: orderIdCell(row) }, instrument);
      case "mbp-10":
        return this.writer.levels({ ...event, ...levelsOf(row, 10) });
      case "mbp-1":
        return this.writer.quote({ ...event, ...levelsOf(row, 1) }, this.isBefore);
      case "trades":
        break;
    }
    return this.writer.trade(event);
  }

  lost(): void {
    this.writer.lost(this.instrument);
  }

  end(): void {
    this.writer.end();
  }

  private eventOf(row: CsvRow, instrument: number): DatabentoEvent {
    if (row.text("rtype") !== RTYPES[this.schema]) {
      throw row.wrong("rtype", `${RTYPES[this.schema]}, the type of ${this.schema}`);
    }
    const tsRecv = timeCell(row, "ts_recv");
    const tsEvent = timeCell(row, "ts_event");
    if (tsRecv === undefined && tsEvent === undefined) throw row.wrong("ts_recv", "a time");
    return {
      line: row.line,
      venue: this.venue,
      symbol: this.symbolIn(row, instrument),
      action: actionOf(row.text("action")),
      side: sideOf(row.text("side")),
      price: priceCell(row, "price"),
      size: wholeCell(row, "size", MOST_32),
      flags: wholeCell(row, "flags", 255),
      tsEvent,
      tsRecv,
      sequence: wholeCell(row, "sequence", MOST_32),
    };
  }

  private symbolIn(row: CsvRow, instrument: number): string {
    const raw = this.columns.includes("symbol") ? row.optionalText("symbol") : undefined;
    if (raw !== undefined) {
      const symbol = symbolOf(this.venue, raw);
      if (symbol === undefined) throw row.wrong("symbol", "a symbol");
      return symbol;
    }
    if (this.symbolHint === undefined) return String(instrument);
    this.hinted ??= instrument;
    if (this.hinted === instrument) return this.symbolHint;
    throw new ConfigError(
      `--symbol ${this.symbolHint}: ${this.fileName} holds several instruments (${this.hinted} and ${instrument})`,
      { hints: ["Leave --symbol out: the instruments are then named by their numbers."] },
    );
  }
}

function tableOf(file: SourceFile, { text }: SourceLine): (typeof DATABENTO_TABLES)[number] {
  const table = DATABENTO_TABLES.find(({ columns }) => columns.join(",") === text);
  if (table !== undefined) return table;
  throw new DataError(
    `${file.name}:1: unknown header "${text.slice(0, 300)}"; expected "${MBO}", "${TRADES}" or the latter with the columns of one or ten levels, each with or without "symbol" at its end`,
    { hints: ["Check that the source named is the one this file comes from."] },
  );
}

/** Reads a CSV file. Throws DataError for an unknown header. */
export function readDatabentoCsv(
  file: SourceFile,
  sink: RowSink,
  hints: ReadHints,
  orders: OpenOrders,
): Promise<void> {
  const writer = new DatabentoWriter(sink, orders);
  return readPlainTable(
    file,
    sink,
    (first) => new DatabentoTable(file, hints, tableOf(file, first), writer),
  );
}
