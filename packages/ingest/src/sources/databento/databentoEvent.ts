import { ASK, BID, type Decimal } from "@aftershock/schema";
import type { SourceLine } from "../../source.ts";
import type { Level } from "../read/topLevels.ts";

/** Bits of `flags`. Source: the DBN specification, "Flags", 2025. */
export const F_LAST = 128;
export const F_TOB = 64;
export const F_SNAPSHOT = 32;
export const F_MBP = 16;
export const F_BAD_TS_RECV = 8;
export const F_MAYBE_BAD_BOOK = 4;

/** What the letters of `side` mean: of an order its side, of a trade that of the aggressor. `N`: nothing is said. */
export const SIDES: Readonly<Record<string, number>> = { A: ASK, B: BID, N: 0 };

/** What happened: add, cancel, modify, clear (`R`), trade, fill of a resting order, nothing. */
export const ACTIONS = ["A", "C", "M", "R", "T", "F", "N"] as const;
export type Action = (typeof ACTIONS)[number];

/** What records of every kind share, whether they come as DBN or as CSV. */
export interface DatabentoEvent {
  readonly line: SourceLine;
  readonly venue: string;
  readonly symbol: string;
  readonly action: Action;
  /** BID 1, ASK -1, none 0. */
  readonly side: number;
  /** Undefined where the record says that there is none. */
  readonly price: Decimal | undefined;
  /** Whole units; that is how the format has them. */
  readonly size: number;
  readonly flags: number;
  /** The venue's clock, µs. */
  readonly tsEvent: number | undefined;
  /** The vendor's clock where the venue's packet arrived, µs. */
  readonly tsRecv: number | undefined;
  /** The venue's number of its message. */
  readonly sequence: number;
}

/** An event of one order. */
export interface OrderEvent extends DatabentoEvent {
  readonly orderId: string;
}

/** An event and the best levels of the book after it, best first. */
export interface BookEvent extends DatabentoEvent {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}
