import {
  ASK,
  BID,
  DataError,
  MESSAGE_END,
  ORDER_ADD,
  SNAPSHOT,
  SNAPSHOT_START,
  type Decimal,
} from "@aftershock/schema";
import type { RowSink, SourceLine } from "../../source.ts";
import { writeBook, levelsOf } from "../read/bookMessage.ts";
import type { Emit } from "../read/emitRecords.ts";
import {
  arrayField,
  countField,
  isArray,
  priceOf,
  sizeOf,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { utcField } from "../read/utcTime.ts";
import { VENUE } from "./coinbaseMarket.ts";

/** What a snapshot says of itself, whatever its level. */
interface SnapshotHead {
  readonly line: number;
  /** The venue's clock, where the reply has it. */
  readonly tsEvent: number | undefined;
  /** When it was recorded, to the second, where the recorder wrote it. */
  readonly tsRecv: number | undefined;
  readonly updateId: number;
}

function readHead(object: JsonObject, record: SourceLine): SnapshotHead {
  const clock = (name: string): number | undefined =>
    object[name] === undefined || object[name] === null ? undefined : utcField(object, name);
  const head = {
    line: record.number,
    tsEvent: clock("time"),
    tsRecv: clock("captured_at"),
    updateId: countField(object, "sequence"),
  };
  if (head.tsEvent === undefined && head.tsRecv === undefined) {
    throw new DataError("the snapshot has neither time nor captured_at");
  }
  return head;
}

interface RestingOrder {
  readonly orderId: string;
  readonly side: number;
  readonly price: Decimal;
  readonly size: Decimal;
}

function ordersOf(object: JsonObject, name: string, side: number): RestingOrder[] {
  return arrayField(object, name).map((order) => {
    if (!isArray(order) || order.length !== 3) throw wrongField(name, order, "[price, size, id]");
    const [price, size, orderId] = order;
    if (typeof orderId !== "string" || orderId === "")
      throw wrongField(`an id in ${name}`, orderId, "text");
    return {
      orderId,
      side,
      price: priceOf(price, `a price in ${name}`),
      size: sizeOf(size, `a size in ${name}`),
    };
  });
}

/** Whether a snapshot lists single orders: their third part is an id, and that of a level a count of orders. */
function isOfOrders(object: JsonObject): boolean {
  const { level } = object;
  if (level === 2 || level === 3) return level === 3;
  const sides = [...arrayField(object, "bids"), ...arrayField(object, "asks")];
  const [first] = sides;
  if (!isArray(first)) throw new DataError("an empty snapshot without its level");
  return typeof first[2] === "string";
}

/**
 * Reads a whole book: of levels (`book`) or of single orders (`orders`), best first on each side, orders of one price in the order
 * of their priority. `sequence` is the product's at that instant, which the messages of its feed count on. A snapshot is good as
 * a whole or not at all; one that the recorder cut (`truncated`) gets the note `depthLimited`.
 */
export function readSnapshot(
  sink: RowSink,
  object: JsonObject,
  record: SourceLine,
  symbol: string,
): Emit {
  const head = readHead(object, record);
  const isCut = object["truncated"] === true;
  if (!isOfOrders(object)) {
    const levels = [
      ...levelsOf(object["bids"], "bids", BID),
      ...levelsOf(object["asks"], "asks", ASK),
    ];
    return () => {
      if (isCut) sink.note("book", VENUE, symbol, "depthLimited");
      writeBook(sink, VENUE, symbol, { ...head, snapshot: true, levels });
    };
  }
  const orders = [...ordersOf(object, "bids", BID), ...ordersOf(object, "asks", ASK)];
  if (orders.length === 0) throw new DataError("the snapshot holds no order");
  return () => {
    if (isCut) sink.note("orders", VENUE, symbol, "depthLimited");
    for (const [place, order] of orders.entries()) {
      const start = place === 0 ? SNAPSHOT_START : 0;
      const end = place === orders.length - 1 ? MESSAGE_END : 0;
      const flags = SNAPSHOT | start | end;
      sink.row("orders", VENUE, symbol, { ...head, ...order, action: ORDER_ADD, flags });
    }
  };
}
