/** Changes of dYdX's books read from their bytes: see captureBytes.fast.ts. Plain twin: DydxCapture.take, which also takes the snapshots. */
import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { BookRows } from "./bookRows.fast.ts";
import { ascii, type CaptureBytes, LEVEL, Names } from "./captureBytes.fast.ts";
import { capturedSymbol } from "./capturedFields.ts";
import type { LevelOffsets } from "./levelOffsets.ts";
import type { ReorderedIds } from "./reorderedIds.ts";
import type { BulkCapture } from "./venueCapture.ts";
import type { WatchedBooks } from "./watchedBooks.ts";

const QUOTE = 34;

const HEAD = ascii('{"type":"channel_data","connection_id":"');
const ID = ascii(',"message_id":');
const MARKET = ascii(',"id":"');
const OFFSET = ascii(',"channel":"v3_orderbook","contents":{"offset":"');
const BIDS = ascii(',"bids":');
const ASKS = ascii(',"asks":');
const END = ascii("}}\n");

interface KnownMarket {
  readonly symbol: string;
  readonly rows: BookRows;
}

/** What a bulk reader needs of the connection that it reads a file of. */
export interface DydxConnection {
  readonly venue: string;
  readonly books: WatchedBooks;
  readonly ids: ReorderedIds;
  readonly offsets: ReadonlyMap<string, LevelOffsets>;
  /** The connection's id, of the last message. */
  readonly connection: () => unknown;
}

/** Reads the book changes of one file. */
export class DydxBulk implements BulkCapture {
  private readonly sink: RowSink;
  private readonly of: DydxConnection;
  private readonly connections = new Names<string>((name) => name);
  private readonly markets: Names<KnownMarket>;

  constructor(sink: RowSink, of: DydxConnection) {
    this.sink = sink;
    this.of = of;
    this.markets = new Names((name) => {
      const symbol = capturedSymbol(name, "id");
      return { symbol, rows: new BookRows(sink, of.venue, symbol) };
    });
  }

  take(line: CaptureBytes): boolean {
    if (!line.matches(HEAD)) return false;
    const connection = this.connections.read(line);
    if (connection === undefined || !line.matches(ID) || !line.readWhole()) return false;
    const id = line.whole;
    if (!line.matches(MARKET)) return false;
    const market = this.markets.read(line);
    if (market === undefined || !line.matches(OFFSET) || !line.readWhole()) return false;
    const offset = line.whole;
    if (!line.is(QUOTE) || !line.matches(BIDS) || !line.readPairs(BID)) return false;
    if (!line.matches(ASKS) || !line.readPairs(ASK) || !line.matches(END)) return false;
    const offsets = this.of.offsets.get(market.symbol);
    if (offsets === undefined || connection !== this.of.connection()) return false;
    if (!this.of.ids.inTurn(id)) return false;
    this.write(line, market, offsets, offset);
    return true;
  }

  private write(
    line: CaptureBytes,
    { symbol, rows }: KnownMarket,
    offsets: LevelOffsets,
    offset: number,
  ): void {
    const changes = line.count;
    this.keepNewer(line, offsets, offset);
    const stale = changes - line.count;
    const { books, venue } = this.of;
    if (stale > 0) this.sink.note("book", venue, symbol, "staleLevels", stale);
    if (stale > 0 && line.count === 0) {
      this.sink.skip(line.source(), "book update older than its levels");
    } else rows.change(line, books.changed(symbol), 0);
  }

  /** Leaves the levels that no later change has reached before. */
  private keepNewer(line: CaptureBytes, { bids, asks }: LevelOffsets, offset: number): void {
    const { levels, count } = line;
    let kept = 0;
    for (let from = 0; from < count * LEVEL; from += LEVEL) {
      const side = levels[from] === BID ? bids : asks;
      const place = side.find(levels[from + 1]!, levels[from + 2]!);
      if (place >= 0 && offset <= side.firstAt(place)) continue;
      if (kept < from) levels.copyWithin(kept, from, from + LEVEL);
      kept += LEVEL;
    }
    // A level that a message has twice is newer both times.
    for (let from = 0; from < kept; from += LEVEL) {
      const side = levels[from] === BID ? bids : asks;
      side.set(levels[from + 1]!, levels[from + 2]!, offset, 0);
    }
    line.count = kept / LEVEL;
  }
}
