import { DataError } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { RowSink, Source, SourceFile, SourceReader } from "../../source.ts";
import { readCsvTable, type CsvHandler } from "../read/csvTable.ts";
import { tardisBook } from "./tardisBook.ts";
import { TardisBookMessages } from "./tardisBookMessages.ts";
import { TardisClaims } from "./tardisClaims.ts";
import { tardisDepth } from "./tardisDepth.ts";
import type { TardisHead } from "./tardisHead.ts";
import { tardisNamedType } from "./tardisNamedType.ts";
import { tardisOptions } from "./tardisOptions.ts";
import { tardisQuotes, tardisTickers } from "./tardisQuotes.ts";
import { tardisLiquidations, tardisTrades } from "./tardisTrades.ts";
import { TARDIS_TYPES, type TardisType } from "./tardisTypes.ts";

/** Trades and liquidations have the same columns, so that only the file's name, which holds the type, tells them apart. */
function tradesOrLiquidations(file: SourceFile, sink: RowSink): CsvHandler {
  const type = tardisNamedType(file.name, ["trades", "liquidations"]);
  if (type === undefined) {
    throw new DataError(
      `${file.name}: the columns are those of both trades and liquidations, and the file's name does not say which`,
      {
        hints: ['Give the file a name with "_trades_" or "_liquidations_" in it, as Tardis does.'],
      },
    );
  }
  return type === "liquidations" ? tardisLiquidations(sink) : tardisTrades(sink);
}

/** What a handler is made of: the file, where its rows go, and what the reader knows from the files before it. */
interface Opened {
  readonly file: SourceFile;
  readonly sink: RowSink;
  readonly messages: TardisBookMessages;
  /** Throws DataError when another type of file gave rows of the same book. */
  readonly claimBook: (head: TardisHead) => void;
  readonly quotes: TardisClaims;
}

/** The venue's own quotes and those derived from the book can only be told apart by a name that says which they are. */
function quotesOrBookTicker({ file, sink, quotes }: Opened): CsvHandler {
  const type = tardisNamedType(file.name, ["quotes", "book_ticker"]);
  return tardisQuotes(sink, (head) => {
    if (type !== undefined) quotes.claim(type, file.name, head);
  });
}

const HANDLERS: Readonly<Record<TardisType, (opened: Opened) => CsvHandler>> = {
  incremental_book_L2: ({ sink, messages, claimBook }) => tardisBook(sink, messages, claimBook),
  book_snapshot_5: ({ sink, claimBook }) => tardisDepth(sink, 5, claimBook),
  book_snapshot_25: ({ sink, claimBook }) => tardisDepth(sink, 25, claimBook),
  "trades or liquidations": ({ file, sink }) => tradesOrLiquidations(file, sink),
  "quotes or book_ticker": quotesOrBookTicker,
  derivative_ticker: ({ sink }) => tardisTickers(sink),
  options_chain: ({ sink }) => tardisOptions(sink),
};

class TardisReader implements SourceReader {
  private readonly messages = new TardisBookMessages();
  private readonly books = new TardisClaims("book");
  private readonly quotes = new TardisClaims("quotes");

  read(file: SourceFile, sink: RowSink): Promise<void> {
    const { messages, books, quotes } = this;
    return readCsvTable(file, sink, TARDIS_TYPES, (type) => {
      const claimBook = (head: TardisHead): void => {
        books.claim(type, file.name, head);
      };
      return HANDLERS[type]({ file, sink, messages, claimBook, quotes });
    });
  }
}

/**
 * Tardis's downloadable CSV files: all eight types, told apart by their exact header (trades and liquidations, quotes and
 * book_ticker by the file's name). Times are µs; `local_timestamp` is the recorder's clock and orders the rows; `timestamp` is the venue's (for Binance
 * futures the event time `E`, not the transaction time `T`). Source: docs.tardis.dev, "Downloadable CSV files".
 */
export const tardis: Source = {
  name: "tardis",
  version: 1,
  recognises: ({ text }) => text.startsWith("exchange,symbol,timestamp,local_timestamp,"),
  continues: true,
  // Books go on from file to file; of trades and tickers each line stands for itself.
  standsAlone: (fileName) =>
    tardisNamedType(fileName, ["trades", "liquidations", "derivative_ticker", "options_chain"]) !==
    undefined,
  createReader: () => new TardisReader(),
  terms,
};
