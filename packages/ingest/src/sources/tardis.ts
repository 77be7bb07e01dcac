import { DataError, instrumentId } from "@aftershock/schema";
import { terms } from "../catalogue/instruments.ts";
import type { RowSink, Source, SourceFile, SourceReader } from "../source.ts";
import { readCsvTable, type CsvHandler } from "./csvTable.ts";
import { tardisBook } from "./tardisBook.ts";
import { TardisBookMessages } from "./tardisBookMessages.ts";
import { tardisDepth } from "./tardisDepth.ts";
import type { TardisHead } from "./tardisHead.ts";
import { tardisOptions } from "./tardisOptions.ts";
import { tardisQuotes, tardisTickers } from "./tardisQuotes.ts";
import { tardisLiquidations, tardisTrades } from "./tardisTrades.ts";
import { TARDIS_TYPES, type TardisType } from "./tardisTypes.ts";

/** Trades and liquidations have the same columns, so that only the file's name, which holds the type, tells them apart. */
function tradesOrLiquidations(file: SourceFile, sink: RowSink): CsvHandler {
  const liquidations = /liquidation/i.test(file.name);
  if (liquidations === /trade/i.test(file.name)) {
    throw new DataError(
      `${file.name}: the columns are those of both trades and liquidations, and the file's name does not say which`,
      { hints: ['Give the file a name with "trades" or "liquidations" in it, as Tardis does.'] },
    );
  }
  return liquidations ? tardisLiquidations(sink) : tardisTrades(sink);
}

/** What a handler is made of: the file, where its rows go, and what the reader knows from the files before it. */
interface Opened {
  readonly file: SourceFile;
  readonly sink: RowSink;
  readonly messages: TardisBookMessages;
  /** Throws DataError when another type of file gave rows of the same book. */
  readonly claim: (head: TardisHead) => void;
}

const HANDLERS: Readonly<Record<TardisType, (opened: Opened) => CsvHandler>> = {
  incremental_book_L2: ({ sink, messages, claim }) => tardisBook(sink, messages, claim),
  book_snapshot_5: ({ sink, claim }) => tardisDepth(sink, 5, claim),
  book_snapshot_25: ({ sink, claim }) => tardisDepth(sink, 25, claim),
  "trades or liquidations": ({ file, sink }) => tradesOrLiquidations(file, sink),
  "quotes or book_ticker": ({ sink }) => tardisQuotes(sink),
  derivative_ticker: ({ sink }) => tardisTickers(sink),
  options_chain: ({ sink }) => tardisOptions(sink),
};

class TardisReader implements SourceReader {
  private readonly messages = new TardisBookMessages();
  /** Which type of file the book of an instrument comes from. */
  private readonly bookTypes = new Map<string, string>();

  read(file: SourceFile, sink: RowSink): Promise<void> {
    const { messages } = this;
    return readCsvTable(file, sink, TARDIS_TYPES, (type) => {
      const claim = (head: TardisHead): void => {
        this.claimBook(type, file, head);
      };
      return HANDLERS[type]({ file, sink, messages, claim });
    });
  }

  /** Snapshots and increments of one book, mixed in one stream, would be neither. */
  private claimBook(type: TardisType, file: SourceFile, { venue, symbol }: TardisHead): void {
    const id = instrumentId(venue, symbol);
    const other = this.bookTypes.get(id);
    if (other === undefined) this.bookTypes.set(id, type);
    else if (other !== type) {
      throw new DataError(
        `${file.name}: ${type} of ${id}, whose book is already read from ${other}`,
        {
          hints: ["Ingest one type of book file for an instrument."],
        },
      );
    }
  }
}

/**
 * Tardis's downloadable CSV files: all eight types, told apart by their exact header (trades and liquidations by the file's
 * name). Times are µs; `local_timestamp` is the recorder's clock and orders the rows; `timestamp` is the venue's (for Binance
 * futures the event time `E`, not the transaction time `T`). Source: docs.tardis.dev, "Downloadable CSV files".
 */
export const tardis: Source = {
  name: "tardis",
  version: 1,
  createReader: () => new TardisReader(),
  terms,
};
