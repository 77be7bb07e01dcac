import { ConfigError, isInstrumentName } from "@aftershock/schema";
import type {
  FileHead,
  InstrumentTerms,
  ReadHints,
  RowSink,
  Source,
  SourceFile,
  SourceLine,
  SourceReader,
} from "../../source.ts";
import { readPlainTable, type PlainTable } from "../read/plainTable.ts";
import { toldVenue } from "../read/toldVenue.ts";
import { bookColumns, LobsterBook } from "./lobsterBook.ts";
import { LobsterMessages, MESSAGE_COLUMNS } from "./lobsterMessages.ts";
import {
  exchangeMidnight,
  LOBSTER_VENUE,
  lobsterNameOf,
  readLobsterName,
  type LobsterName,
} from "./lobsterName.ts";

const cellsOf = (text: string): number => text.split(",").length;

class LobsterReader implements SourceReader {
  private readonly hints: ReadHints;
  /** The times of the message files that were read, by what they are of, µs. */
  private readonly times = new Map<string, number[]>();

  constructor(hints: ReadHints) {
    this.hints = hints;
  }

  read(file: SourceFile, sink: RowSink): Promise<void> {
    return readPlainTable(file, sink, (first) => this.open(file, sink, first));
  }

  private open(file: SourceFile, sink: RowSink, first: SourceLine): PlainTable {
    toldVenue(file.name, LOBSTER_VENUE, this.hints);
    const cells = cellsOf(first.text);
    const name = lobsterNameOf(file, cells, this.hints);
    if (!isInstrumentName(LOBSTER_VENUE, name.symbol)) {
      throw new ConfigError(`--symbol ${name.symbol}: is not a symbol`);
    }
    const { symbol, date, levels } = name;
    const key = `${symbol} ${date} ${levels}`;
    if (name.kind === "orderbook") return this.openBook(file, sink, { name, key, cells });
    const times: number[] = [];
    this.times.set(key, times);
    const midnight = exchangeMidnight(file.name, date);
    const messages = new LobsterMessages(sink, symbol, midnight, times);
    return {
      columns: MESSAGE_COLUMNS,
      headed: false,
      read: (row) => messages.read(row),
      lost: () => messages.lost(),
    };
  }

  private openBook(
    file: SourceFile,
    sink: RowSink,
    {
      name,
      key,
      cells,
    }: { readonly name: LobsterName; readonly key: string; readonly cells: number },
  ): PlainTable {
    const times = this.times.get(key);
    if (times === undefined) {
      const message = file.name.replace("_orderbook_", "_message_");
      throw new ConfigError(`${file.name}: an orderbook file has no times; its message file does`, {
        hints: [`Name the message file before it: aftershock ingest ${message} ${file.name}.`],
      });
    }
    const levels = cells / 4;
    const book = new LobsterBook(sink, name.symbol, levels, times);
    return {
      columns: bookColumns(levels),
      headed: false,
      read: (row) => book.read(row),
      lost: () => book.lost(),
      end: () => book.end(file.name),
    };
  }
}

/** A first line of a message file, and of an orderbook file. */
const FIRST_LINES = {
  message: /^\d{1,5}(?:\.\d+)?,[1-7],-?\d+,\d+,-?\d+,-?1$/,
  orderbook: /^-?\d+,\d+,-?\d+,\d+(?:,-?\d+,\d+,-?\d+,\d+)*$/,
} as const;

function recognises({ name, text }: FileHead): boolean {
  const named = readLobsterName(name);
  const [first = ""] = text.split(/\r?\n/, 1);
  return named !== undefined && FIRST_LINES[named.kind].test(first);
}

/** Shares of a company, in dollars. */
function lobsterTerms(_venue: string, symbol: string): InstrumentTerms {
  const [base, quote, settle] = [symbol, "USD", "USD"];
  return { kind: "spot", contract: "linear", multiplier: 1, base, quote, settle };
}

/**
 * LOBSTER's reconstructions of NASDAQ order books: a message file, and an orderbook file with the best levels after each of its
 * events. Neither has a header; names are `AAPL_2012-06-21_34200000_57600000_message_10.csv` and `…_orderbook_10.csv`.
 *
 * | event | stream |
 * |---|---|
 * | 1 new order | `orders`, ORDER_ADD |
 * | 2 partial cancel | `orders`, ORDER_MODIFY to what is left |
 * | 3 deletion | `orders`, ORDER_CANCEL |
 * | 4 execution of a visible order | `orders`, ORDER_EXECUTE; `trades` |
 * | 5 execution of a hidden order | `trades` |
 * | 6 cross | `trades`; an auction has no aggressor, so that its side is 0 |
 * | 7 halt | `measures`, `tradingStatus`: −1 trading has stopped, 0 quoting and 1 trading goes on |
 * | a line of the orderbook file | `book`: the first as a snapshot, then the levels that changed |
 *
 * The direction is that of the resting order; the aggressor of a trade is the opposite side. `tsEvent` is NASDAQ's clock, ns, rounded
 * down to µs: seconds after midnight in New York on the day in the file's name, or --date. No recorder's clock is kept. Prices are
 * dollars (the files have ten-thousandths), sizes shares. Orders that were there when the file starts are not known: their
 * deletions and executions are noted (`unknownOrder`), and their partial cancels skipped.
 *
 * The times of the orderbook file are those of the same lines of the message file, which must be read before it in the same ingest.
 * The message file holds only events within the levels of the orderbook file.
 * Source: lobsterdata.com, "Data Structure", 2024.
 */
export const lobster: Source = {
  name: "lobster",
  version: 1,
  recognises,
  continues: true,
  createReader: (hints) => new LobsterReader(hints),
  terms: lobsterTerms,
};
