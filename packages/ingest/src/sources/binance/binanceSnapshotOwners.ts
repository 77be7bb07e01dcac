import { DataError } from "@aftershock/schema";
import type { SourceLine } from "../../source.ts";
import type { BinanceVenue, SnapshotMessage } from "./binanceMessage.ts";

/** A snapshot with the line it was on. */
export interface SnapshotLine {
  readonly line: SourceLine;
  readonly message: SnapshotMessage;
}

/**
 * Whose the depth snapshots of one file are that name no symbol (spot and USD-M). A capture holds the depth of one symbol of a
 * market, and they are that one's; where it holds several, nothing tells whose they are, and a guess could be the wrong book.
 */
export class BinanceSnapshotOwners {
  private readonly fileName: string;
  private readonly symbols = new Map<BinanceVenue, string[]>();
  private readonly given = new Map<BinanceVenue, SourceLine>();
  private waiting: SnapshotLine[] = [];

  constructor(fileName: string) {
    this.fileName = fileName;
  }

  /**
   * Whose a nameless snapshot is: a symbol; `waiting` when the file has not shown any depth of its market yet, until `saw` hands
   * the snapshot back; `ambiguous` when it has shown depth of several symbols.
   */
  ownerOf(snapshot: SnapshotLine): { symbol: string } | "waiting" | "ambiguous" {
    const { venue } = snapshot.message;
    const [symbol, another] = this.symbols.get(venue) ?? [];
    if (another !== undefined) return "ambiguous";
    if (symbol === undefined) {
      this.waiting.push(snapshot);
      return "waiting";
    }
    this.given.set(venue, snapshot.line);
    return { symbol };
  }

  /**
   * Notes that the file holds depth of a symbol; returns the snapshots that waited to hear it. Throws DataError when it is a
   * second symbol and a nameless snapshot was given to the first.
   */
  saw(venue: BinanceVenue, symbol: string): readonly SnapshotLine[] {
    const known = this.symbols.get(venue) ?? [];
    if (known.includes(symbol)) return [];
    const given = this.given.get(venue);
    if (given !== undefined) {
      throw new DataError(
        `${this.fileName}:${given.number}: a depth snapshot names no symbol, and the file holds depth of ${known.join(", ")} and ${symbol}`,
        { hints: ["Split the capture into one file for each symbol."] },
      );
    }
    this.symbols.set(venue, [...known, symbol]);
    const heard = this.waiting.filter(({ message }) => message.venue === venue);
    this.waiting = this.waiting.filter(({ message }) => message.venue !== venue);
    const last = heard.at(-1);
    if (last !== undefined) this.given.set(venue, last.line);
    return heard;
  }

  /** The snapshots that no depth of the file has claimed. */
  unclaimed(): readonly SnapshotLine[] {
    return this.waiting;
  }
}
