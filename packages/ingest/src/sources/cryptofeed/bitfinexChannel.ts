import { ASK, BID, BUY, DataError, SELL } from "@aftershock/schema";
import type { RawRow, RowSink, SourceLine } from "../../source.ts";
import {
  countOf,
  decimalOf,
  isArray,
  priceOf,
  realOf,
  timeOf,
  wrongField,
} from "../read/jsonFields.ts";
import { BitfinexOrders, readOrderEntry, readOrderSnapshot } from "../bitfinex/bitfinexOrders.ts";
import type { BookLevel } from "../read/bookMessage.ts";
import { OLD_TRADE } from "./capturedFields.ts";
import type { WatchedBooks } from "./watchedBooks.ts";

/** What a message of a channel came with. */
export interface ChannelReceipt {
  readonly line: SourceLine;
  /** The recorder's clock, µs. */
  readonly tsRecv: number;
}

/** One subscribed channel: takes what stands between the channel's id and the sequence number. */
export interface BitfinexChannel {
  /** `kind` is the text in front of the payload, e.g. `te`; undefined where there is none. Emits all rows or one skip. */
  take(receipt: ChannelReceipt, payload: unknown, kind: string | undefined): void;
  /** Messages of the connection are missing here. */
  lost(what: string): void;
}

/** Where the rows of a channel go. */
export interface ChannelTarget {
  readonly sink: RowSink;
  readonly venue: string;
  readonly symbol: string;
}

const isListOfLists = (payload: unknown): payload is readonly (readonly unknown[])[] =>
  isArray(payload) && payload.every(isArray);

function levelOf(value: unknown): BookLevel {
  if (!isArray(value) || value.length !== 3) {
    throw wrongField("a level", value, "[price, count, amount]");
  }
  const [price, count, amount] = value;
  const signed = decimalOf(amount, "the amount");
  if (signed.mantissa === 0) throw wrongField("the amount", amount, "an amount other than zero");
  const gone = countOf(count, "the count") === 0;
  return {
    side: signed.mantissa > 0 ? BID : ASK,
    price: priceOf(price, "the price"),
    size: { mantissa: gone ? 0 : Math.abs(signed.mantissa), decimals: gone ? 0 : signed.decimals },
  };
}

/** An aggregated book: `[price, count, ±amount]`, a list of them as the snapshot. */
export function bookChannel({ symbol }: ChannelTarget, books: WatchedBooks): BitfinexChannel {
  return {
    take({ line, tsRecv }, payload) {
      const snapshot = isListOfLists(payload);
      const levels = snapshot ? payload.map(levelOf) : [levelOf(payload)];
      books.write(symbol, { tsEvent: undefined, tsRecv, line: line.number, snapshot, levels });
    },
    lost: (what) => books.lost(symbol, what),
  };
}

/** A raw book (R0): `[order id, price, ±amount]`. */
export function orderChannel({ sink, venue, symbol }: ChannelTarget): BitfinexChannel {
  const orders = new BitfinexOrders(sink, venue, symbol);
  return {
    take({ line, tsRecv }, payload) {
      const receipt = { tsRecv, line: line.number };
      try {
        if (isListOfLists(payload)) orders.snapshot(readOrderSnapshot(payload), receipt);
        else {
          const entry = readOrderEntry(payload);
          orders.update(entry, orders.rowOf(entry), receipt);
        }
      } catch (error) {
        // The message goes to quarantine: what it held is missing.
        orders.lost("badEntries");
        throw error;
      }
    },
    lost: (what) => orders.lost(what),
  };
}

function tradeOf(payload: unknown, { line, tsRecv }: ChannelReceipt): RawRow<"trades"> {
  if (!isArray(payload) || payload.length !== 4) {
    throw wrongField("a trade", payload, "[id, time, amount, price]");
  }
  const [id, at, amount, price] = payload;
  const signed = decimalOf(amount, "the amount");
  if (signed.mantissa === 0) throw wrongField("the amount", amount, "an amount other than zero");
  return {
    tsEvent: timeOf(at, "the trade's time", "millis"),
    tsRecv,
    line: line.number,
    tradeId: String(countOf(id, "the trade's id")),
    side: signed.mantissa > 0 ? BUY : SELL,
    price: priceOf(price, "the price"),
    size: { mantissa: Math.abs(signed.mantissa), decimals: signed.decimals },
  };
}

/** Trades: `te` when executed, `tu` again with the same content. */
export function tradeChannel({ sink, venue, symbol }: ChannelTarget): BitfinexChannel {
  /** Ids of `te` whose `tu` is still to come. */
  const executed = new Set<string>();
  return {
    take(receipt, payload, kind) {
      if (kind === undefined) {
        if (!isListOfLists(payload)) throw wrongField("the trades", payload, "a list of trades");
        sink.skip(receipt.line, OLD_TRADE);
        return;
      }
      if (kind !== "te" && kind !== "tu") throw new DataError(`"${kind}" is not "te" or "tu"`);
      const row = tradeOf(payload, receipt);
      if (kind === "te") executed.add(row.tradeId ?? "");
      if (kind === "tu" && executed.delete(row.tradeId ?? "")) {
        sink.skip(receipt.line, "duplicate trade (tu after te)");
      } else sink.row("trades", venue, symbol, row);
    },
    lost: (what) => sink.note("trades", venue, symbol, what),
  };
}

/**
 * Tickers of a trading pair: `[bid, size, ask, size, change, relative change, last price, volume, high, low]`. The sizes are sums
 * over the best 25 levels, not sizes at the quote, and are left out.
 */
export function tickerChannel({ sink, venue, symbol }: ChannelTarget): BitfinexChannel {
  return {
    take({ line, tsRecv }, payload) {
      if (!isArray(payload) || payload.length !== 10) {
        throw wrongField("the ticker", payload, "a list of ten numbers");
      }
      const quoted = (place: number, name: string): RawRow<"quotes">["bidPrice"] =>
        payload[place] === null || payload[place] === 0 ? undefined : priceOf(payload[place], name);
      const common = { tsRecv, line: line.number };
      const bidPrice = quoted(0, "the bid");
      const askPrice = quoted(2, "the ask");
      const lastPrice = payload[6] === null ? undefined : realOf(payload[6], "the last price");
      sink.row("quotes", venue, symbol, { ...common, bidPrice, askPrice });
      sink.row("tickers", venue, symbol, { ...common, lastPrice });
    },
    lost: () => {},
  };
}
