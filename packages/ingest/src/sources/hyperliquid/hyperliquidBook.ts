import {
  ASK,
  BID,
  DataError,
  MESSAGE_END,
  NO_SIDE,
  SNAPSHOT,
  SNAPSHOT_START,
} from "@aftershock/schema";
import type { RawRow } from "../../source.ts";
import {
  arrayField,
  decimalOf,
  isArray,
  isObject,
  objectField,
  sizeOf,
  textField,
  timeField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { utcField } from "../read/utcTime.ts";
import { coinSymbol } from "./hyperliquidCoins.ts";

/** A snapshot of a book, as rows. */
export interface BookRows {
  readonly symbol: string;
  readonly rows: readonly RawRow<"book">[];
}

type Level = Pick<RawRow<"book">, "side" | "price" | "size">;

const NOTHING: Level = {
  side: NO_SIDE,
  price: { mantissa: 0, decimals: 0 },
  size: { mantissa: 0, decimals: 0 },
};

function readLevels(levels: unknown, side: typeof BID | typeof ASK): readonly Level[] {
  if (!isArray(levels)) throw new DataError("levels does not hold a list of each side");
  return levels
    .map((level) => {
      if (!isObject(level)) throw new DataError("levels holds a level that is no object");
      return { side, price: decimalOf(level["px"], "px"), size: sizeOf(level["sz"], "sz") };
    })
    .filter(({ size }) => size.mantissa > 0);
}

/** True for a line of the archive of books. */
export const isBookLine = (line: JsonObject): boolean => "raw" in line;

/**
 * Reads a line of the archive of books: `{time, ver_num?, raw: {channel: "l2Book", data: {coin, time, levels: [bids, asks]}}}`. Each is
 * the whole of the best twenty levels of a side, so each becomes a snapshot. Throws DataError for anything else.
 */
export function readBook(data: JsonObject, line: number): BookRows {
  const raw = objectField(data, "raw");
  if (raw["channel"] !== "l2Book") throw wrongField("channel", raw["channel"], '"l2Book"');
  const book = objectField(raw, "data");
  const sides = arrayField(book, "levels");
  if (sides.length !== 2)
    throw new DataError(`levels holds ${sides.length} sides, not bids and asks`);
  const levels = [...readLevels(sides[0], BID), ...readLevels(sides[1], ASK)];
  const tsEvent = timeField(book, "time", "millis");
  const tsRecv = utcField(data, "time");
  const stated = levels.length > 0 ? levels : [NOTHING];
  const rows = stated.map((level, place): RawRow<"book"> => {
    const start = place === 0 ? SNAPSHOT_START : 0;
    const end = place === stated.length - 1 ? MESSAGE_END : 0;
    return { line, tsEvent, tsRecv, ...level, flags: SNAPSHOT | start | end };
  });
  return { symbol: coinSymbol(textField(book, "coin")), rows };
}
