import { ASK, BID, BUY, METHOD_MARKET, PRICE_FILL, SELL } from "@aftershock/schema";
import type { InstrumentTerms, RawRow, RowSink, SourceLine } from "../../source.ts";
import {
  arrayField,
  choiceField,
  countField,
  countOf,
  isObject,
  isoField,
  objectField,
  priceOf,
  sizeOf,
  textField,
  wrongField,
  type JsonObject,
} from "../read/jsonFields.ts";
import { bookSides, parseMessage } from "./bookLists.ts";
import type { BookLevel } from "../read/bookMessage.ts";
import { capturedSymbol, OLD_TRADE } from "./capturedFields.ts";
import { DydxBulk } from "./dydxBulk.fast.ts";
import { LevelOffsets } from "./levelOffsets.ts";
import { ReorderedIds } from "./reorderedIds.ts";
import type { BulkCapture, CapturedMessage, CapturedVenue, VenueCapture } from "./venueCapture.ts";
import { WatchedBooks } from "./watchedBooks.ts";

const VENUE = "dydx";

interface SnapshotLevel {
  readonly level: BookLevel;
  readonly offset: number;
}

const SIDES = [
  ["bids", BID],
  ["asks", ASK],
] as const;

function snapshotLevels(contents: JsonObject): SnapshotLevel[] {
  return SIDES.flatMap(([name, side]) =>
    arrayField(contents, name).map((entry) => {
      if (!isObject(entry)) throw wrongField(`a level of ${name}`, entry, "an object");
      const price = priceOf(entry["price"], "price");
      const size = sizeOf(entry["size"], "size");
      return { level: { side, price, size }, offset: countOf(entry["offset"], "offset") };
    }),
  );
}

interface Trade {
  readonly row: RawRow<"trades">;
  readonly liquidation: boolean;
}

function readTrade(entry: unknown, tsRecv: number, line: SourceLine): Trade {
  if (!isObject(entry)) throw wrongField("a trade", entry, "an object");
  const liquidation = choiceField(entry, "liquidation", [
    [undefined, false],
    [false, false],
    [true, true],
  ]);
  const row = {
    tsEvent: isoField(entry, "createdAt"),
    tsRecv,
    line: line.number,
    side: choiceField<typeof BUY | typeof SELL>(entry, "side", [
      ["BUY", BUY],
      ["SELL", SELL],
    ]),
    price: priceOf(entry["price"], "price"),
    size: sizeOf(entry["size"], "size"),
  };
  return { row, liquidation };
}

class DydxCapture implements VenueCapture {
  private readonly sink: RowSink;
  private readonly books: WatchedBooks;
  private readonly ids: ReorderedIds;
  private readonly offsets = new Map<string, LevelOffsets>();
  private connection: unknown;

  constructor(sink: RowSink) {
    this.sink = sink;
    this.books = new WatchedBooks(sink, VENUE);
    this.ids = new ReorderedIds(() => this.books.allLost("sequenceGaps"));
  }

  end(): void {
    this.ids.end();
  }

  bulk(sink: RowSink): BulkCapture {
    const { books, ids, offsets } = this;
    const connection = (): unknown => this.connection;
    return new DydxBulk(sink, { venue: VENUE, books, ids, offsets, connection });
  }

  take(captured: CapturedMessage): void {
    const message = parseMessage(captured.text);
    this.follow(message, captured.tsRecv);
    const write = this.read(captured, message);
    this.ids.write(captured.tsRecv, write);
  }

  private follow(message: JsonObject, tsRecv: number): void {
    const connection = message["connection_id"];
    if (this.connection !== undefined && connection !== this.connection) {
      this.ids.restart();
      this.books.allLost("reconnections");
    }
    this.connection = connection;
    this.ids.saw(countField(message, "message_id"), tsRecv);
  }

  /** Reads a message; what it returns emits it. */
  private read({ line, tsRecv }: CapturedMessage, message: JsonObject): () => void {
    const type = textField(message, "type");
    const channel = message["channel"];
    if (type === "channel_data" && channel === "v3_orderbook") {
      return this.readUpdate(message, tsRecv, line);
    }
    if (type === "subscribed" && channel === "v3_orderbook") {
      return this.readSnapshot(message, tsRecv, line);
    }
    if (type === "channel_data" && channel === "v3_trades") {
      return this.readTrades(message, tsRecv, line);
    }
    const reason =
      type === "subscribed" && channel === "v3_trades" ? OLD_TRADE : `type ${type.slice(0, 40)}`;
    return () => this.sink.skip(line, reason);
  }

  private readSnapshot(message: JsonObject, tsRecv: number, line: SourceLine): () => void {
    const symbol = capturedSymbol(message["id"], "id");
    const all = snapshotLevels(objectField(message, "contents"));
    const levels = all.map(({ level }) => level).filter(({ size }) => size.mantissa > 0);
    return () => {
      const offsets = new LevelOffsets();
      for (const { level, offset } of all) offsets.set(level, offset);
      this.offsets.set(symbol, offsets);
      const book = { tsEvent: undefined, tsRecv, line: line.number, snapshot: true, levels };
      this.books.write(symbol, book);
    };
  }

  private readUpdate(message: JsonObject, tsRecv: number, line: SourceLine): () => void {
    const symbol = capturedSymbol(message["id"], "id");
    const contents = objectField(message, "contents");
    const offset = countField(contents, "offset");
    const changes = bookSides(contents);
    return () => {
      const levels = this.newer(symbol, changes, offset);
      const book = { tsEvent: undefined, tsRecv, line: line.number, snapshot: false, levels };
      if (changes.length === 0 || levels.length > 0) this.books.write(symbol, book);
      else this.sink.skip(line, "book update older than its levels");
    };
  }

  /** The changes of levels that no later change has reached before. */
  private newer(symbol: string, changes: readonly BookLevel[], offset: number): BookLevel[] {
    const offsets = this.offsets.get(symbol) ?? new LevelOffsets();
    this.offsets.set(symbol, offsets);
    const newer = changes.filter((level) => offset > (offsets.get(level) ?? -1));
    for (const level of newer) offsets.set(level, offset);
    const stale = changes.length - newer.length;
    if (stale > 0) this.sink.note("book", VENUE, symbol, "staleLevels", stale);
    return newer;
  }

  private readTrades(message: JsonObject, tsRecv: number, line: SourceLine): () => void {
    const symbol = capturedSymbol(message["id"], "id");
    const trades = arrayField(objectField(message, "contents"), "trades").map((entry) =>
      readTrade(entry, tsRecv, line),
    );
    return () => {
      if (trades.length === 0) this.sink.skip(line, "message without data");
      for (const { row, liquidation } of trades) {
        this.sink.row("trades", VENUE, symbol, row);
        if (!liquidation) continue;
        const forced = { ...row, method: METHOD_MARKET, priceKind: PRICE_FILL };
        this.sink.row("liquidations", VENUE, symbol, forced);
      }
    };
  }
}

/** Markets are perpetuals, `ETH-USD`, of one coin, paid in USDC. */
function dydxTerms(venue: string, symbol: string): Partial<InstrumentTerms> | undefined {
  if (venue !== VENUE) return undefined;
  const [, base] = /^([A-Z0-9]+)-USD$/.exec(symbol) ?? [];
  if (base === undefined) return {};
  return {
    kind: "perpetual",
    contract: "linear",
    multiplier: 1,
    base,
    quote: "USD",
    settle: "USDC",
  };
}

/**
 * dYdX v3 (StarkEx perpetuals, 2021 … 2024).
 *
 * | message | rows | tsEvent |
 * |---|---|---|
 * | `subscribed`, `channel_data` of `v3_orderbook` | `book`, all levels | none is sent |
 * | `channel_data` of `v3_trades` | `trades`, without ids; `side` is the taker's. With `liquidation` true also `liquidations`: the taker is the forced order | `createdAt`, ms |
 * | `subscribed` of `v3_trades` | none: trades from before the subscription | |
 *
 * Sequence: `message_id` counts up by one over all channels of a connection, but replies to subscriptions come late (eight times in
 * the recording of 2021-10-28): see `ReorderedIds`. An id that does not come is a loss, and the next row of each book gets ROWS_LOST.
 * Updates come out of order too: each level of a snapshot has its `offset`, each update one for all of its levels, and a level
 * takes only a newer one, by the venue's own rule. What is older is dropped and counted (`staleLevels`, 34 of 5,122 there). Offsets have holes,
 * which mean nothing. The venue does not promise that its books are never crossed.
 */
export const dydx: CapturedVenue = {
  hosts: ["api.dydx.exchange"],
  fileName: "DYDX",
  open: (sink) => new DydxCapture(sink),
  terms: dydxTerms,
};
