import { BID, BUY, SELL, type StreamName } from "@aftershock/schema";
import type { Duck } from "../duck.ts";
import type { BookMessage } from "./bookMessages.ts";
import type { ExportJob } from "./exportFormat.ts";
import { type InstrumentFeed, messagesOfFeed, rowsOfFeed } from "./marketFeed.ts";
import type { ColumnTable, FixedScale } from "./nautilusRows.ts";
import type { ParquetColumn } from "./parquetFile.ts";
import { codes, numbers, texts } from "./rowsInWindow.ts";

// Columns and encodings: nautilus_serialization, arrow/trade.rs, quote.rs, delta.rs. Enums: nautilus_model, enums.rs. Read in
// nautilus_trader 1.221, 2026-11.
const NO_AGGRESSOR = 0;
const BUYER = 1;
const SELLER = 2;
const ADD = 1;
const UPDATE = 2;
const DELETE = 3;
const CLEAR = 4;
const NO_ORDER_SIDE = 0;
const BUY_SIDE = 1;
const SELL_SIDE = 2;
const F_SNAPSHOT = 32;
const F_LAST = 128;
/** The longest trade id. Characters. */
const TRADE_ID_MAX = 36;

/** What a class is filled from, and into. */
export interface Filling {
  readonly job: ExportJob;
  readonly duck: Duck;
  readonly feed: InstrumentFeed;
  readonly price: FixedScale;
  readonly size: FixedScale;
  readonly table: ColumnTable;
  /** Counts what could not be kept as it is. */
  readonly note: (what: string, count?: number) => void;
}

/** A class of nautilus_trader's data: its columns, and how they are filled from a feed. */
export interface DataClass {
  readonly folder: string;
  readonly stream: StreamName;
  readonly columns: readonly ParquetColumn[];
  /** Puts rows into the table, and yields after some of them. */
  readonly write: (filling: Filling) => AsyncGenerator<void>;
}

const CLOCK_COLUMNS: readonly ParquetColumn[] = [
  { name: "ts_event", type: "uint64" },
  { name: "ts_init", type: "uint64" },
];

function aggressorOf(side: number): number {
  if (side === BUY) return BUYER;
  return side === SELL ? SELLER : NO_AGGRESSOR;
}

/** The trade's own id, where it fits; else its place in the recording. */
function tradeIdOf(id: string | undefined, seq: number, note: Filling["note"]): string {
  if (id !== undefined && id.length <= TRADE_ID_MAX && /^[\x21-\x7e]+$/.test(id)) return id;
  note("tradeIdsMadeUp");
  return `seq-${seq}`;
}

async function* writeTrades(filling: Filling): AsyncGenerator<void> {
  const { job, duck, feed, price, size, table, note } = filling;
  for await (const { length, columns } of rowsOfFeed(job, duck, feed, "trades")) {
    const [side, ids] = [codes(columns, "side"), texts(columns, "tradeId")];
    const [prices, sizes] = [numbers(columns, "price"), numbers(columns, "size")];
    const [event, recv] = [numbers(columns, "tsEvent"), numbers(columns, "tsRecv")];
    const seq = numbers(columns, "seq");
    for (let row = 0; row < length; row += 1) {
      table.column("price").fixed16(price.of(prices[row] ?? 0));
      table.column("size").fixed16(size.of(sizes[row] ?? 0));
      table.column("aggressor_side").uint8(aggressorOf(side[row] ?? 0));
      table.column("trade_id").text(tradeIdOf(ids[row], seq[row] ?? 0, note));
      table.endRow(event[row] ?? Number.NaN, recv[row] ?? Number.NaN);
    }
    yield;
  }
}

async function* writeQuotes(filling: Filling): AsyncGenerator<void> {
  const { job, duck, feed, price, size, table, note } = filling;
  for await (const { length, columns } of rowsOfFeed(job, duck, feed, "quotes")) {
    const [event, recv] = [numbers(columns, "tsEvent"), numbers(columns, "tsRecv")];
    const sides = (["bid", "ask"] as const).map((side) => ({
      prices: numbers(columns, `${side}Price`),
      sizes: numbers(columns, `${side}Size`),
      price: table.column(`${side}_price`),
      size: table.column(`${side}_size`),
    }));
    for (let row = 0; row < length; row += 1) {
      const at = row;
      const absent = (values: Float64Array): boolean => Number.isNaN(values[at]);
      if (sides.some(({ prices, sizes }) => absent(prices) || absent(sizes))) {
        note("oneSidedQuotesLeftOut");
        continue;
      }
      for (const side of sides) {
        side.price.fixed16(price.of(side.prices[row] ?? 0));
        side.size.fixed16(size.of(side.sizes[row] ?? 0));
      }
      table.endRow(event[row] ?? Number.NaN, recv[row] ?? Number.NaN);
    }
    yield;
  }
}

/** One change of a book, as nautilus_trader has it. */
interface Delta {
  readonly action: number;
  readonly side: number;
  readonly price: number;
  readonly size: number;
  readonly flags: number;
}

const actionOf = (snapshot: boolean, size: number): number => {
  if (snapshot) return ADD;
  return size === 0 ? DELETE : UPDATE;
};

/** The deltas of a message; the last one ends it. */
function deltasOf({ clears, snapshot, levels }: BookMessage): readonly Delta[] {
  const flags = snapshot ? F_SNAPSHOT : 0;
  const deltas = [
    ...(clears ? [{ action: CLEAR, side: NO_ORDER_SIDE, price: 0, size: 0, flags }] : []),
    ...levels.map(({ side, price, size }) => ({
      action: actionOf(snapshot, size),
      side: side === BID ? BUY_SIDE : SELL_SIDE,
      price,
      size,
      flags,
    })),
  ];
  return deltas.map((delta, i) =>
    i < deltas.length - 1 ? delta : { ...delta, flags: delta.flags + F_LAST },
  );
}

async function* writeDeltas(filling: Filling): AsyncGenerator<void> {
  const { job, duck, feed, price, size, table, note } = filling;
  const messages = messagesOfFeed(job, duck, feed, (notes) => {
    for (const [what, count] of Object.entries<number>({ ...notes })) note(what, count);
  });
  for await (const some of messages) {
    for (const message of some) {
      const { updateId, tsEvent, tsRecv } = message;
      const sequence = Number.isNaN(updateId) ? 0n : BigInt(updateId);
      for (const delta of deltasOf(message)) {
        table.column("action").uint8(delta.action);
        table.column("side").uint8(delta.side);
        table.column("price").fixed16(price.of(delta.price));
        table.column("size").fixed16(size.of(delta.size));
        // A level has no order: nautilus_trader takes its price for the id.
        table.column("order_id").uint64(0n);
        table.column("flags").uint8(delta.flags);
        table.column("sequence").uint64(sequence);
        table.endRow(tsEvent, tsRecv);
      }
    }
    yield;
  }
}

/** The classes that a catalog is made of. */
export const DATA_CLASSES: readonly DataClass[] = [
  {
    folder: "trade_tick",
    stream: "trades",
    columns: [
      { name: "price", type: "fixed16" },
      { name: "size", type: "fixed16" },
      { name: "aggressor_side", type: "uint8" },
      { name: "trade_id", type: "text" },
      ...CLOCK_COLUMNS,
    ],
    write: writeTrades,
  },
  {
    folder: "quote_tick",
    stream: "quotes",
    columns: [
      { name: "bid_price", type: "fixed16" },
      { name: "ask_price", type: "fixed16" },
      { name: "bid_size", type: "fixed16" },
      { name: "ask_size", type: "fixed16" },
      ...CLOCK_COLUMNS,
    ],
    write: writeQuotes,
  },
  {
    folder: "order_book_delta",
    stream: "book",
    columns: [
      { name: "action", type: "uint8" },
      { name: "side", type: "uint8" },
      { name: "price", type: "fixed16" },
      { name: "size", type: "fixed16" },
      { name: "order_id", type: "uint64" },
      { name: "flags", type: "uint8" },
      { name: "sequence", type: "uint64" },
      ...CLOCK_COLUMNS,
    ],
    write: writeDeltas,
  },
];
