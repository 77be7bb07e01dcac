/** Rows of a book by order: which can be taken as they stand, what their sum is, and which follow on each other. Benchmark: test/bench/l3.ts. */
import {
  type Batch,
  isAbsentColumn,
  MESSAGE_END,
  NO_NUMBER,
  ORDER_CANCEL,
} from "@aftershock/schema";
import { restOf, rowPart } from "./l2Rows.fast.ts";

type Columns = Batch<"orders">["columns"];

/** See `followingTo`. */
const FEW_ROWS = 32;
/** Lots and ticks are whole numbers up to this. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/** Whether a number is whole and exact, also one beyond 32 bits. */
const isWhole = (value: number): boolean =>
  Math.abs(value) <= LARGEST && value === Math.floor(value);

/** The row after the last of [from, to) that carries an order and nothing else, up to the first that does not. */
export function ordersTo({ columns, idWords }: Batch<"orders">, from: number, to: number): number {
  const { flags, action, side, price, size } = columns;
  const high = idWords?.hi;
  for (let row = from; row < to; row++) {
    const act = action[row]!;
    const sign = side[row]!;
    const lots = size[row]!;
    const ticks = price[row]!;
    // No action but the four of orders, no side but two, no flag but one.
    const odd = ((act - 1) & ~3) | (Math.imul(sign, sign) ^ 1) | (flags[row]! & ~MESSAGE_END);
    if (odd !== 0 || (act === ORDER_CANCEL && lots !== 0) || lots < 0) return row;
    // Texts are made when they are first looked at: those of numbers need not be.
    const isNumber = high !== undefined && high[row] !== NO_NUMBER;
    if (!isNumber && !columns.orderId[row]) return row;
    if ((lots | 0) !== lots && !isWhole(lots)) return row;
    if ((ticks | 0) !== ticks && !isWhole(ticks)) return row;
  }
  return to;
}

/** The first of the rows [from, to) whose order has no id; `to` when all have one. */
export function firstWithoutId(
  { columns, idWords }: Batch<"orders">,
  from: number,
  to: number,
): number {
  const high = idWords?.hi;
  for (let row = from; row < to; row++) {
    if ((high === undefined || high[row] === NO_NUMBER) && !columns.orderId[row]) return row;
  }
  return to;
}

/**
 * The row after the last message end of [from, to) up to which each message follows on the one before it; `from` when there is none. `last` [0] is the id
 * of the book before, and then that after them.
 */
export function followingTo(
  { updateId, prevUpdateId, flags }: Columns,
  from: number,
  to: number,
  last: Float64Array,
): number {
  let end = to;
  while (end > from && flags[end - 1] === 0) end--;
  // To ask costs as much as to look at some rows.
  if (end - from > FEW_ROWS && isAbsentColumn(prevUpdateId) && isAbsentColumn(updateId)) return end;
  let id = last[0]!;
  let begin = from;
  for (let row = from; row < end; row++) {
    if (flags[row] === 0) continue;
    const before = prevUpdateId[begin]!;
    const own = updateId[begin]!;
    // As UpdateSequence.takes: what is absent cannot be checked.
    if (before !== id && !Number.isNaN(before) && !Number.isNaN(id)) break;
    if (!Number.isNaN(own)) id = own;
    begin = row + 1;
  }
  last[0] = id;
  return begin;
}

/** What a row adds to the sum over all rows, when it is the `nth` of them (from 0) and the id of its order has this hash: see rowPart. */
export function orderPart(
  { action, side, price, size, flags }: Columns,
  row: number,
  hash: number,
  nth: number,
): number {
  const lots = size[row]!;
  const rest = restOf(lots, lots | 0, side[row]!, flags[row]!) ^ (action[row]! << 20);
  return rowPart(price[row]! ^ hash, rest, nth);
}
