import { DataError, MICROS_PER_MILLI } from "@aftershock/schema";
import type { RawRow } from "../../source.ts";
import {
  countField,
  decimalOf,
  isArray,
  isObject,
  optionalReal,
  parseJson,
  realOf,
  timeOf,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { utcField } from "../read/utcTime.ts";

/** A bar as a record states it. */
export interface Bar extends Pick<
  RawRow<"candles">,
  "open" | "high" | "low" | "close" | "volume" | "trades"
> {
  /** When it opens, µs. */
  readonly at: number;
  /** Its length where the record says it, µs. */
  readonly interval?: number;
}

/** A funding rate as a record states it. */
export interface Rate {
  readonly at: number;
  /** In the unit of the file. */
  readonly rate: number;
}

function volumeOf(value: unknown, name: string): number {
  const volume = realOf(value, name);
  if (volume < 0) throw wrongField(name, value, "a volume of zero or more");
  return volume;
}

/** `[ms, open, high, low, close, volume]`: freqtrade's and CCXT's order. */
function readList(list: readonly unknown[]): Bar {
  if (list.length !== 6)
    throw new DataError(`${list.length} values, not time, open, high, low, close, volume`);
  const [time, open, high, low, close, volume] = list;
  return {
    at: timeOf(time, "time", "millis"),
    open: decimalOf(open, "open"),
    high: decimalOf(high, "high"),
    low: decimalOf(low, "low"),
    close: decimalOf(close, "close"),
    volume: volumeOf(volume, "volume"),
  };
}

/** CoinAPI's OHLCV: the bar's own start and end, and its number of trades. */
function readPeriod(data: JsonObject): Bar {
  const at = utcField(data, "time_period_start");
  const interval = utcField(data, "time_period_end") - at;
  if (interval <= 0)
    throw wrongField("time_period_end", data["time_period_end"], "after time_period_start");
  return {
    at,
    interval,
    open: decimalOf(data["price_open"], "price_open"),
    high: decimalOf(data["price_high"], "price_high"),
    low: decimalOf(data["price_low"], "price_low"),
    close: decimalOf(data["price_close"], "price_close"),
    volume: volumeOf(data["volume_traded"], "volume_traded"),
    trades: countField(data, "trades_count"),
  };
}

/** `{dt, o, h, l, c, v}`. */
function readShort(data: JsonObject): Bar {
  const volume = optionalReal(data, "v");
  return {
    at: utcField(data, "dt"),
    open: decimalOf(data["o"], "o"),
    high: decimalOf(data["h"], "h"),
    low: decimalOf(data["l"], "l"),
    close: decimalOf(data["c"], "c"),
    volume: volume === undefined ? undefined : volumeOf(volume, "v"),
  };
}

/** Reads a bar in any of the shapes. Throws DataError for any other record. */
export function readBar(text: string): Bar {
  const record = parseJson(text);
  if (isArray(record)) return readList(record);
  if (isObject(record) && Object.hasOwn(record, "time_period_start")) return readPeriod(record);
  if (isObject(record) && Object.hasOwn(record, "dt")) return readShort(record);
  throw new DataError(
    "the record is no bar: a list of six, or an object with time_period_start or dt",
  );
}

/**
 * Reads a funding rate: the second value of `[ms, rate]` or of `[ms, rate, 0, 0, 0, 0]`, as freqtrade files it under `open`. Throws
 * DataError for any other record.
 */
export function readRate(text: string): Rate {
  const record = parseJson(text);
  if (!isArray(record) || (record.length !== 2 && record.length !== 6)) {
    throw new DataError("the record is no funding rate: a list of time and rate");
  }
  const rate = realOf(record[1], "rate");
  const others = record.slice(2);
  if (others.some((value) => value !== 0))
    throw wrongField("the values after the rate", others, "all 0");
  return { at: timeOf(record[0], "time", "millis"), rate };
}

/** When a record is, as far as it can be told without reading all of it, µs: for the length of bars that nothing else tells. */
export function timeOfRecord(text: string): number | undefined {
  const millis = /^\[\s*(\d{12,13})\b/.exec(text)?.[1];
  if (millis !== undefined) return Number(millis) * MICROS_PER_MILLI;
  try {
    return readBar(text).at;
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
