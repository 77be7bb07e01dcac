import { BUY, ConfigError, SELL, isInstrumentName } from "@aftershock/schema";
import type { FileHead, ReadHints, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { visionTerms } from "../binance-vision/visionTerms.ts";
import { CsvColumns, CsvRow } from "../read/csvRow.ts";
import { emitRecord, type Emit, type RecordReader } from "../read/emitRecords.ts";
import { parquetRecords } from "../read/parquetRecords.ts";
import { CryptohftBooks } from "./cryptohftBook.ts";
import { optionalTime, positive, receivedCell } from "./cryptohftCells.ts";
import { cryptohftTable } from "./cryptohftTables.ts";

const VENUES: readonly string[] = ["binance", "binance-usdm", "binance-coinm"];

const records = (file: SourceFile): AsyncIterable<readonly SourceLine[]> =>
  parquetRecords(file, (names) => cryptohftTable(file.name, names).columns);

function venueOf(fileName: string, { venue }: ReadHints): string {
  if (venue !== undefined && VENUES.includes(venue)) return venue;
  const what =
    venue === undefined
      ? `${fileName}: the market stands in no row and not in the file's name: --venue is needed`
      : `--venue ${venue}: ${fileName} can only be read as one of ${VENUES.join(", ")}`;
  throw new ConfigError(what, {
    hints: [
      "Say which with --venue binance-usdm (the archive's binance_futures) or --venue binance.",
    ],
  });
}

const TAKER = { true: SELL, false: BUY };

/** A trade; those that were no market trades (`order_type`) are skipped, as they happen off the book. */
function readTrade(sink: RowSink, venue: string, row: CsvRow): Emit {
  const symbol = row.text("symbol");
  if (!isInstrumentName(venue, symbol)) throw row.wrong("symbol", "a symbol");
  const tradeId = row.text("trade_id");
  if (!/^\d{1,20}$/.test(tradeId)) throw row.wrong("trade_id", "an id");
  const trade = {
    line: row.line.number,
    tsEvent: optionalTime(row, "trade_time") ?? optionalTime(row, "event_time"),
    tsRecv: receivedCell(row),
    tradeId,
    side: row.oneOf("is_buyer_maker", TAKER),
    price: positive(row, "price"),
    size: positive(row, "quantity"),
  };
  const type = row.text("order_type");
  return () => {
    if (type === "" || type === "MARKET") sink.row("trades", venue, symbol, trade);
    else sink.skip(row.line, `trade off the book (${type.slice(0, 40)})`);
  };
}

/** What reads the records of one file, once its columns are known. */
function recordReader(
  sink: RowSink,
  venue: string,
  books: CryptohftBooks,
  table: ReturnType<typeof cryptohftTable>,
): RecordReader {
  const columns = new CsvColumns(table.columns);
  const isBook = table.set === "orderbook";
  return {
    read: (record) => {
      const row = new CsvRow(columns, record);
      return isBook ? books.read(sink, row) : readTrade(sink, venue, row);
    },
    lost: () => {
      if (isBook) books.lost();
    },
  };
}

/** Parquet by its magic bytes, with the name that the archive gives: the columns cannot be seen in a file's beginning. */
const recognises = ({ name, bytes }: FileHead): boolean =>
  Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "PAR1" &&
  /^[A-Z0-9]+(?:_[A-Z0-9]+)?_(?:orderbook|trades)(?:_\d{4}-\d{2}-\d{2}_\d{2})?\.parquet/.test(name);

/**
 * CryptoHFTData's hourly Parquet files of Binance's markets: recorded streams, one level of a depth message a row.
 *
 * | file | rows | tsEvent |
 * |---|---|---|
 * | `…_orderbook` | `book`, ordered as `BinanceDepthSync` says | `transaction_time`, on spot `event_time` |
 * | `…_trades` | `trades` | `trade_time` |
 *
 * `received_time`, the recorder's clock in ns, is `tsRecv`. The market does not stand in a file: `--venue` says it. Hours without
 * a snapshot cannot be built on but from the hours before them, so that files of one day belong into one ingest. Source: the
 * columns as public tools that read these files name them, 2026.
 */
export const cryptohft: Source = {
  name: "cryptohft",
  version: 1,
  recognises,
  continues: true,
  createReader: (hints) => {
    const books = new Map<string, CryptohftBooks>();
    return {
      read: async (file, sink) => {
        const venue = venueOf(file.name, hints);
        const ofVenue = books.get(venue) ?? new CryptohftBooks(venue);
        books.set(venue, ofVenue);
        let reader: RecordReader | undefined;
        const choose = (names: readonly string[]): readonly string[] => {
          const table = cryptohftTable(file.name, names);
          sink.dataset(table.set);
          reader = recordReader(sink, venue, ofVenue, table);
          return table.columns;
        };
        for await (const batch of parquetRecords(file, choose)) {
          for (const record of batch) if (reader !== undefined) emitRecord(sink, record, reader);
        }
        ofVenue.endOfFile(sink);
      },
    };
  },
  records,
  terms: visionTerms,
};
