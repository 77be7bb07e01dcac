import type { StreamName } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { DepthMessage } from "./binanceDepthSync.ts";
import type { BinanceObject } from "./binanceFields.ts";

/** The three markets, each a venue of its own: ids, symbols and message fields differ. */
export type BinanceVenue = "binance" | "binance-usdm" | "binance-coinm";

/** A diff of an instrument's depth. */
export interface DiffMessage {
  readonly kind: "diff";
  readonly venue: BinanceVenue;
  readonly symbol: string;
  readonly depth: DepthMessage;
}

/** A snapshot of an instrument's depth, as REST answers it. */
export interface SnapshotMessage {
  readonly kind: "snapshot";
  readonly venue: BinanceVenue;
  /** Absent on spot and USD-M, which do not say whose it is. */
  readonly symbol: string | undefined;
  readonly depth: DepthMessage;
}

/** A trade. The two feeds tell of the same trades, one by one or those of a taker order at one price summed up. */
export interface TradeMessage {
  readonly kind: "trade";
  readonly venue: BinanceVenue;
  readonly symbol: string;
  readonly feed: "trade" | "aggTrade";
  write(sink: RowSink): void;
}

/** A message that is one row of a stream of ours; `write` writes it. */
export interface RowMessage {
  readonly kind: "row";
  readonly stream: StreamName;
  readonly venue: BinanceVenue;
  readonly symbol: string;
  write(sink: RowSink): void;
}

/** What one message of a Binance stream, or the REST depth snapshot, turned out to be. */
export type BinanceMessage =
  | DiffMessage
  | SnapshotMessage
  | TradeMessage
  | RowMessage
  /** A good message that holds nothing that we store. */
  | { readonly kind: "unread"; readonly reason: string };

/** Where and when a message was recorded. */
export interface Receipt {
  /** The recorder's clock, µs. */
  readonly tsRecv: number;
  /** The number of the line, from 1. */
  readonly line: number;
}

/** The fields of a message, with where and when it was recorded. */
export interface Received extends Receipt {
  readonly data: BinanceObject;
  /** The name of the combined stream, where the capture has it. */
  readonly stream: string | undefined;
}

/** A good message that holds nothing that we store. */
export const unread = (reason: string): BinanceMessage => ({ kind: "unread", reason });

/** BTCUSD_PERP and BTCUSD_240927; USD-M has BTCUSDT and BTCUSDT_240927. Messages without `ps` do not say it otherwise. */
const COIN_MARGINED = /USD_(?:PERP|\d{6})$/;

/** Which of the futures markets a message of one is from. */
export const futuresVenue = (data: BinanceObject, symbol: string): BinanceVenue =>
  data["ps"] !== undefined || COIN_MARGINED.test(symbol) ? "binance-coinm" : "binance-usdm";
