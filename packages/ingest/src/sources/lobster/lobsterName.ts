import { ConfigError, DataError } from "@aftershock/schema";
import { DateTime } from "luxon";
import type { ReadHints, SourceFile } from "../../source.ts";

/** The exchange whose days these are, and its clock. */
export const LOBSTER_VENUE = "nasdaq";
const EXCHANGE_ZONE = "America/New_York";

const NAME = /^([A-Za-z0-9.-]+)_(\d{4}-\d{2}-\d{2})_\d+_\d+_(message|orderbook)_(\d+)(?:\.|$)/;

/** What the name of a LOBSTER file says: `AAPL_2012-06-21_34200000_57600000_message_10.csv`. */
export interface LobsterName {
  readonly symbol: string;
  /** The exchange's day. */
  readonly date: string;
  readonly kind: "message" | "orderbook";
  /** Levels of the book file; the message file holds the events that touch these levels. */
  readonly levels: string;
}

/** Reads a file's name; undefined when it is another. */
export function readLobsterName(fileName: string): LobsterName | undefined {
  const [, symbol, date, kind, levels] = NAME.exec(fileName) ?? [];
  if (symbol === undefined || date === undefined || levels === undefined) return undefined;
  return { symbol, date, kind: kind === "message" ? "message" : "orderbook", levels };
}

/** What is known of a file whose name does not say it: the user's words, and the number of cells of its first line. */
function unnamed(file: SourceFile, cells: number, { symbol, date }: ReadHints): LobsterName {
  if (symbol === undefined || date === undefined) {
    throw new ConfigError(
      `${file.name}: neither the file nor its name tells the symbol and the day`,
      {
        hints: ["Say them with --symbol and --date, e.g. --symbol AAPL --date 2012-06-21."],
      },
    );
  }
  return { symbol, date, kind: cells === 6 ? "message" : "orderbook", levels: "" };
}

/** What a file is of. `cells`: of its first line. Throws DataError where the name and the line do not agree. */
export function lobsterNameOf(file: SourceFile, cells: number, hints: ReadHints): LobsterName {
  const name = readLobsterName(file.name) ?? unnamed(file, cells, hints);
  const fits = name.kind === "message" ? cells === 6 : cells > 0 && cells % 4 === 0;
  if (fits) return name;
  throw new DataError(
    `${file.name}:1: ${cells} columns, where a message file has 6 and an orderbook file 4 for each level`,
    { hints: ["Check that the source named is the one this file comes from."] },
  );
}

/**
 * The instant from which the seconds of a day count, µs: midnight by New York's clock as it is set at noon, so that 34,200 s is half
 * past nine in summer and winter. Throws ConfigError for a day that does not exist.
 */
export function exchangeMidnight(fileName: string, date: string): number {
  const noon = DateTime.fromISO(`${date}T12:00:00`, { zone: EXCHANGE_ZONE });
  if (noon.isValid && /^\d{4}-\d{2}-\d{2}$/.test(date)) {
    return noon.minus({ hours: 12 }).toMillis() * 1_000;
  }
  throw new ConfigError(`${fileName}: "${date}" is not a day`, {
    hints: ["Write it as YYYY-MM-DD, for example 2012-06-21."],
  });
}
