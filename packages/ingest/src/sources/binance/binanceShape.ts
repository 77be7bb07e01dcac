import { isObject, type JsonObject } from "../read/jsonFields.ts";

/** What is taken from the values of a message that differ from one message to the next of its stream. */
export const SLOT = {
  /** `E`: a time of the venue. */
  sent: 0,
  /** `T`: a time of the venue. */
  done: 1,
  /** `U`, `u`, `pu`, and the id of a trade: whole numbers. */
  first: 2,
  last: 3,
  before: 4,
  id: 5,
  /** A whole number that nobody reads. */
  otherWhole: 6,
  /** `m`: true or false. */
  maker: 7,
  /** Lists of levels. */
  bids: 8,
  asks: 9,
  /** Decimals in quotes, from here on. */
  price: 10,
  size: 11,
  bidPrice: 12,
  bidSize: 13,
  askPrice: 14,
  askSize: 15,
} as const;

/** One of the slots. */
export type Slot = (typeof SLOT)[keyof typeof SLOT];

/** A value that is the same in all messages of a shape: which market, event and instrument they are of, hangs on these alone. */
const SAME = "same";

type Role = Slot | typeof SAME;

/** The messages that have shapes. */
export type ShapedKind = "diff" | "quote" | "trade" | "aggTrade";

const EVENT: readonly (readonly [string, Role])[] = [
  ["e", SAME],
  ["E", SLOT.sent],
  ["T", SLOT.done],
  ["s", SAME],
  ["ps", SAME],
];
const TRADE: typeof EVENT = [
  ...EVENT,
  ["p", SLOT.price],
  ["q", SLOT.size],
  ["m", SLOT.maker],
  ["X", SAME],
  ["M", SAME],
];

/** The keys of each kind of message, and what they hold; a message with any other key has no shape. */
const ROLES: Readonly<Record<ShapedKind, ReadonlyMap<string, Role>>> = {
  diff: new Map([
    ...EVENT,
    ["U", SLOT.first],
    ["u", SLOT.last],
    ["pu", SLOT.before],
    ["b", SLOT.bids],
    ["a", SLOT.asks],
  ]),
  quote: new Map([
    ...EVENT,
    ["u", SLOT.last],
    ["b", SLOT.bidPrice],
    ["B", SLOT.bidSize],
    ["a", SLOT.askPrice],
    ["A", SLOT.askSize],
  ]),
  // Older messages of spot also name the orders of buyer and seller.
  trade: new Map([...TRADE, ["t", SLOT.id], ["b", SLOT.otherWhole], ["a", SLOT.otherWhole]]),
  aggTrade: new Map([...TRADE, ["a", SLOT.id], ["f", SLOT.otherWhole], ["l", SLOT.otherWhole]]),
};

const NEEDED: Readonly<Record<ShapedKind, readonly Slot[]>> = {
  diff: [SLOT.first, SLOT.last, SLOT.bids, SLOT.asks],
  quote: [SLOT.last, SLOT.bidPrice, SLOT.bidSize, SLOT.askPrice, SLOT.askSize],
  trade: [SLOT.done, SLOT.id, SLOT.maker, SLOT.price, SLOT.size],
  aggTrade: [SLOT.done, SLOT.id, SLOT.maker, SLOT.price, SLOT.size],
};

/**
 * The text of the messages of one stream, as a venue's serialiser writes them: the same keys in the same order, and between the slots the
 * same bytes. What the plain reader makes of one message of a shape it makes of all that are well formed.
 */
export interface BinanceShape {
  /** One text before each slot, and one after the last. */
  readonly pieces: readonly string[];
  readonly slots: readonly Slot[];
}

/** Whether a value can be in a slot; the bulk reader reads no other. */
function fits(value: unknown, slot: Slot): boolean {
  if (slot === SLOT.bids || slot === SLOT.asks) return Array.isArray(value);
  if (slot === SLOT.maker) return typeof value === "boolean";
  return typeof value === (slot >= SLOT.price ? "string" : "number");
}

/** The shape of an object of which the text before is known. */
function shapeFrom(
  open: string,
  data: JsonObject,
  close: string,
  kind: ShapedKind,
): BinanceShape | undefined {
  const pieces: string[] = [];
  const slots: Slot[] = [];
  let piece = open;
  for (const [key, value] of Object.entries(data)) {
    const role = ROLES[kind].get(key);
    piece += `${piece.endsWith("{") ? "" : ","}${JSON.stringify(key)}:`;
    if (role === undefined) return undefined;
    if (role === SAME) {
      if (typeof value !== "string" && typeof value !== "boolean") return undefined;
      piece += JSON.stringify(value);
      continue;
    }
    if (!fits(value, role)) return undefined;
    slots.push(role);
    pieces.push(role >= SLOT.price ? `${piece}"` : piece);
    piece = "";
  }
  const isWhole = NEEDED[kind].every((slot) => slots.includes(slot));
  // Rows are of the bids first, whatever the order in the message.
  const inOrder = slots.indexOf(SLOT.bids) <= slots.indexOf(SLOT.asks);
  return isWhole && inOrder ? { pieces: [...pieces, `${piece}${close}\n`], slots } : undefined;
}

/** The shape of a message that the plain reader has taken as one of `kind`; undefined where it has none. */
export function shapeOf(message: unknown, kind: ShapedKind): BinanceShape | undefined {
  if (!isObject(message)) return undefined;
  const { stream, data } = message;
  if (data === undefined) return shapeFrom("{", message, "}", kind);
  if (Object.keys(message).join() !== "stream,data" || typeof stream !== "string") return undefined;
  return isObject(data)
    ? shapeFrom(`{"stream":${JSON.stringify(stream)},"data":{`, data, "}}", kind)
    : undefined;
}
