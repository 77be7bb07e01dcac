import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** 2024-08-05T00:00:00Z, ms. */
const DAY = 1_722_816_000_000;
/** Characters of a chunk on its way to gzip. */
const CHUNK = 1 << 20;
/** Levels a side of the snapshot. */
const SNAPSHOT_LEVELS = 1_000;

/** Mulberry32: a small seeded generator, 0 … 1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A made-up USD-M market: what it sends next, and the clock. */
class Market {
  private readonly random = randomOf(7);
  private millis = DAY;
  private updateId = 5_000_000_000_000;
  private lastDiff = this.updateId;
  private tradeId = 5_000_000_000;
  /** The middle of the book, tenths of a dollar. */
  private middle = 600_000;

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private size(): string {
    return (Math.floor(this.random() ** 3 * 5_000 + 1) / 1_000).toFixed(3);
  }

  private price(offset: number): string {
    return ((this.middle + offset) / 10).toFixed(1);
  }

  /** One side of a message; sizes of 0 among them unless it is a snapshot. */
  private levels(count: number, away: 1 | -1, snapshot = false): string {
    const all = Array.from({ length: count }, (_, i) => {
      const offset = away * (1 + (snapshot ? i : Math.floor(this.random() ** 4 * 2_000)));
      return `["${this.price(offset)}","${!snapshot && this.random() < 0.3 ? "0.000" : this.size()}"]`;
    });
    return `[${all.join(",")}]`;
  }

  /** The recorder's clock in front of a message, ns. */
  private line(message: string): string {
    return `${this.millis + 2}${String(100_000 + this.below(899_999))} ${message}\n`;
  }

  snapshot(): string {
    const bids = this.levels(SNAPSHOT_LEVELS, -1, true);
    const asks = this.levels(SNAPSHOT_LEVELS, 1, true);
    return this.line(
      `{"lastUpdateId":${this.updateId},"E":${this.millis},"T":${this.millis},"bids":${bids},"asks":${asks}}`,
    );
  }

  diff(): string {
    const first = this.updateId + 1;
    this.updateId = first + this.below(3_000);
    const bids = this.levels(this.below(50), -1);
    const asks = this.levels(1 + this.below(50), 1);
    const text = `{"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":${this.millis},"T":${this.millis - 3},"s":"BTCUSDT","U":${first},"u":${this.updateId},"pu":${this.lastDiff},"b":${bids},"a":${asks}}}`;
    this.lastDiff = this.updateId;
    return this.line(text);
  }

  /** The next message: in the mix of a calm hour, seven in ten are quotes, two trades, one a diff. */
  next(): string {
    const kind = this.random();
    this.millis += this.below(8);
    if (kind < 0.1) return this.diff();
    this.middle += this.below(21) - 10;
    const at = `"T":${this.millis - 2}`;
    if (kind < 0.3) {
      this.tradeId += 1;
      const text = `"t":${this.tradeId},"p":"${this.price(0)}","q":"${this.size()}","X":"MARKET","m":${this.random() < 0.5}`;
      return this.line(
        `{"stream":"btcusdt@trade","data":{"e":"trade","E":${this.millis},${at},"s":"BTCUSDT",${text}}}`,
      );
    }
    this.updateId += 1 + this.below(50);
    const text = `"b":"${this.price(-1)}","B":"${this.size()}","a":"${this.price(1)}","A":"${this.size()}"`;
    return this.line(
      `{"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":${this.updateId},"s":"BTCUSDT",${text},${at},"E":${this.millis}}}`,
    );
  }
}

function* chunks(messages: number): Generator<string> {
  const market = new Market();
  let text = market.diff() + market.snapshot();
  for (let i = 2; i < messages; i++) {
    text += market.next();
    if (text.length < CHUNK) continue;
    yield text;
    text = "";
  }
  yield text;
}

/** Writes a raw capture of a made-up USD-M market (gzip), the same bytes for the same number of messages. */
export async function writeSyntheticCapture(path: string, messages: number): Promise<void> {
  await pipeline(
    Readable.from(chunks(messages)),
    createGzip({ level: 4 }),
    createWriteStream(path),
  );
}
