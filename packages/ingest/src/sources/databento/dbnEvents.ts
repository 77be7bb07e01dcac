import { DataError, type Decimal } from "@aftershock/schema";
import type { Level } from "../read/topLevels.ts";
import { EXACT_DECIMAL, parseExact } from "../read/parseExact.ts";
import { ACTIONS, SIDES, type Action } from "./databentoEvent.ts";
import type { DbnRecord } from "./dbnRecords.ts";

/** Types of records (`rtype`) that are read. Source: the DBN specification, "Rtype", 2025. */
export const RTYPE_TRADE = 0x00;
export const RTYPE_MBP_1 = 0x01;
export const RTYPE_MBP_10 = 0x0a;
export const RTYPE_MBO = 0xa0;
export const RTYPE_SYMBOL_MAPPING = 0x16;

/** What the format has besides, by `rtype`. */
export const OTHER_RTYPES: Readonly<Record<number, string>> = {
  0x11: "bar",
  0x12: "status",
  0x13: "instrument definition",
  0x14: "auction imbalance",
  0x15: "error of the gateway",
  0x17: "message of the gateway",
  0x18: "statistics",
  0x20: "bar",
  0x21: "bar",
  0x22: "bar",
  0x23: "bar",
  0x24: "bar",
  0xb1: "consolidated quote",
  0xc0: "consolidated quote",
  0xc1: "consolidated quote",
  0xc2: "consolidated quote",
  0xc3: "sampled quote",
  0xc4: "sampled quote",
};

/** Where the fields of a record start, which differs between orders and price levels. Bytes. */
interface Layout {
  readonly price: number;
  readonly size: number;
  readonly action: number;
  readonly side: number;
  readonly flags: number;
  readonly tsRecv: number;
  readonly sequence: number;
}

const ORDER: Layout = {
  price: 24,
  size: 32,
  flags: 36,
  action: 38,
  side: 39,
  tsRecv: 40,
  sequence: 52,
};
const ORDER_ID = 16;
const PRICE: Layout = {
  price: 16,
  size: 24,
  action: 28,
  side: 29,
  flags: 30,
  tsRecv: 32,
  sequence: 44,
};
const LEVELS = 48;
const LEVEL_BYTES = 32;

/** The length of a record of each type that is read. Bytes. */
const LENGTHS: Readonly<Record<number, number>> = {
  [RTYPE_MBO]: 56,
  [RTYPE_TRADE]: LEVELS,
  [RTYPE_MBP_1]: LEVELS + LEVEL_BYTES,
  [RTYPE_MBP_10]: LEVELS + 10 * LEVEL_BYTES,
};

const SEND_TIME_BYTES = 8;

/**
 * Throws DataError for a record whose type has another length: then the file cannot be cut rightly from there on.
 */
export function checkLength(
  { number, bytes }: DbnRecord,
  hasSendTime: boolean,
  fileName: string,
): void {
  const rtype = bytes.readUInt8(1);
  const length = LENGTHS[rtype];
  if (length === undefined) return;
  const expected = length + (hasSendTime ? SEND_TIME_BYTES : 0);
  if (bytes.length === expected) return;
  throw new DataError(
    `${fileName}: the DBN data is damaged: record ${number} of type ${rtype} is ${bytes.length} bytes long, not ${expected}`,
    { hints: ["Fetch the file again. Nothing of it was stored."] },
  );
}

/** Highest word of a price or time that says that there is none; the lower word is all ones. */
const ALL_ONES = 0xffffffff;
const MOST_POSITIVE = 0x7fffffff;
const WORD = 2 ** 32;

/** 1973 … 2255 in µs: times of any recording. */
const EARLIEST_MICROS = 1e14;

/** A time in ns as µs, rounded down; undefined where the record has none. Throws DataError for one that no recording has. */
function microsAt(bytes: Buffer, at: number, name: string): number | undefined {
  const low = bytes.readUInt32LE(at);
  const high = bytes.readUInt32LE(at + 4);
  if (low === ALL_ONES && high === ALL_ONES) return undefined;
  // 2^32 is 4,294,967 × 1000 + 296, so that every step is exact although the ns themselves do not fit 2^53.
  const micros = high * 4_294_967 + Math.floor((high * 296 + low) / 1_000);
  if (micros >= EARLIEST_MICROS && Number.isSafeInteger(micros)) return micros;
  throw new DataError(`${name} is ${bytes.readBigUInt64LE(at)}, not a time in ns after 1973`);
}

/** Entries. The same prices come again and again. */
const PRICES_KEPT = 1 << 16;
const prices = new Map<number, Decimal>();

function exactPrice(text: string, name: string): Decimal {
  const read = parseExact(`${text}e-9`);
  if (read === undefined) throw new DataError(`${name} is ${text}e-9, not ${EXACT_DECIMAL}`);
  return read;
}

/** A price in units of 1e-9; undefined where the record has none. */
function priceAt(bytes: Buffer, at: number, name: string): Decimal | undefined {
  const low = bytes.readUInt32LE(at);
  const high = bytes.readInt32LE(at + 4);
  if (low === ALL_ONES && high === MOST_POSITIVE) return undefined;
  const units = high * WORD + low;
  if (!Number.isSafeInteger(units)) return exactPrice(String(bytes.readBigInt64LE(at)), name);
  const known = prices.get(units);
  if (known !== undefined) return known;
  const price = exactPrice(String(units), name);
  if (prices.size >= PRICES_KEPT) prices.clear();
  prices.set(units, price);
  return price;
}

function letterAt(bytes: Buffer, at: number): string {
  return String.fromCharCode(bytes.readUInt8(at));
}

/** What an action's letter means. Throws DataError for another. */
export function actionOf(letter: string): Action {
  const action = ACTIONS.find((known) => known === letter);
  if (action === undefined) {
    throw new DataError(`action is ${JSON.stringify(letter)}, not one of ${ACTIONS.join(", ")}`);
  }
  return action;
}

/** What a side's letter means. Throws DataError for another. */
export function sideOf(letter: string): number {
  const side = Object.hasOwn(SIDES, letter) ? SIDES[letter] : undefined;
  if (side === undefined) throw new DataError(`side is ${JSON.stringify(letter)}, not A, B or N`);
  return side;
}

/** What a record says, but for which instrument it is of. */
export function readDbnEvent({ bytes }: DbnRecord): {
  readonly action: Action;
  readonly side: number;
  readonly price: Decimal | undefined;
  readonly size: number;
  readonly flags: number;
  readonly tsEvent: number | undefined;
  readonly tsRecv: number | undefined;
  readonly sequence: number;
} {
  const layout = bytes.readUInt8(1) === RTYPE_MBO ? ORDER : PRICE;
  const tsEvent = microsAt(bytes, 8, "ts_event");
  const tsRecv = microsAt(bytes, layout.tsRecv, "ts_recv");
  if (tsEvent === undefined && tsRecv === undefined) {
    throw new DataError("ts_event and ts_recv are undefined, not times");
  }
  return {
    action: actionOf(letterAt(bytes, layout.action)),
    side: sideOf(letterAt(bytes, layout.side)),
    price: priceAt(bytes, layout.price, "price"),
    size: bytes.readUInt32LE(layout.size),
    flags: bytes.readUInt8(layout.flags),
    tsEvent,
    tsRecv,
    sequence: bytes.readUInt32LE(layout.sequence),
  };
}

/** The id of the order that a market-by-order record is of. */
export function orderIdOf({ bytes }: DbnRecord): string {
  const id = bytes.readUInt32LE(ORDER_ID + 4) * WORD + bytes.readUInt32LE(ORDER_ID);
  return String(Number.isSafeInteger(id) ? id : bytes.readBigUInt64LE(ORDER_ID));
}

/** The levels of a market-by-price record, best first; those that it leaves empty are left out. */
export function readDbnLevels(
  { bytes }: DbnRecord,
  count: number,
): { bids: Level[]; asks: Level[] } {
  const bids: Level[] = [];
  const asks: Level[] = [];
  for (let i = 0; i < count; i += 1) {
    const at = LEVELS + i * LEVEL_BYTES;
    addLevel(bids, priceAt(bytes, at, `bid_px_0${i}`), bytes.readUInt32LE(at + 16));
    addLevel(asks, priceAt(bytes, at + 8, `ask_px_0${i}`), bytes.readUInt32LE(at + 20));
  }
  return { bids, asks };
}

/** Adds a level unless it is empty. */
export function addLevel(levels: Level[], price: Decimal | undefined, size: number): void {
  if (price !== undefined && size > 0)
    levels.push({ price, size: { mantissa: size, decimals: 0 } });
}

/** Lengths of the texts of a symbol mapping record, and where the symbol that comes out stands. Bytes. */
const MAPPING_V1 = { length: 80, symbol: 38, symbolBytes: 22 } as const;
const MAPPING = { length: 176, symbol: 89, symbolBytes: 71 } as const;

/** The symbol that a live stream gives an instrument id from here on. Throws DataError when the record is none. */
export function readSymbolMapping({ bytes }: DbnRecord, version: number): string {
  const { length, symbol, symbolBytes } = version === 1 ? MAPPING_V1 : MAPPING;
  if (bytes.length < length) {
    throw new DataError(`the symbol mapping is ${bytes.length} bytes long, not ${length}`);
  }
  const [text = ""] = bytes.toString("utf8", symbol, symbol + symbolBytes).split("\0");
  if (text === "") throw new DataError("the symbol mapping names no symbol");
  return text;
}
