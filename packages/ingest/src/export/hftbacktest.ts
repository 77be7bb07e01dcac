import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { BID, formatDecimal, type Instrument, stepsToNumber } from "@aftershock/schema";
import {
  type Exported,
  type ExportedFile,
  type ExportJob,
  type ExportWriter,
  onlyOne,
  provenance,
  worthSaying,
} from "./exportFormat.ts";
import { EventCursor, type FeedEvent, MergedCursor, weave } from "./feedEvent.ts";
import { feedsOf, type InstrumentFeed, messagesOfFeed, rowsOfFeed } from "./marketFeed.ts";
import { npyHeader, npyText } from "./npyHeader.ts";
import { codes, numbers } from "./rowsInWindow.ts";
import { ZipFile } from "./zipFile.ts";

// Kinds and flags of events. Source: hftbacktest 2.4.4, hftbacktest/types.py and its documentation of data, read 2026-11.
const DEPTH_EVENT = 1;
const TRADE_EVENT = 2;
/** Without a side: both sides of the book are void. */
const DEPTH_CLEAR_EVENT = 3;
const DEPTH_SNAPSHOT_EVENT = 4;
const SELL_EVENT = 1 << 28;
const BUY_EVENT = 1 << 29;
const LOCAL_EVENT = 2 ** 30;
const EXCH_EVENT = 2 ** 31;

/** One row of the array, as numpy writes its type. */
const EVENT_TYPE =
  "[('ev', '<u8'), ('exch_ts', '<i8'), ('local_ts', '<i8'), ('px', '<f8'), ('qty', '<f8'), ('order_id', '<u8'), ('ival', '<i8'), ('fval', '<f8')]";
const ROW_BYTES = 64;
/** Rows that are written at once. */
const CHUNK_ROWS = 16_384;

/**
 * The order of events of one instant: the book that a window begins with, then trades, then changes of the book, which contain what the
 * trades took from it already.
 */
const OPENING = 0;
const TRADES = 1;
const BOOK = 2;

/** What could not be kept as it is. */
interface FeedNotes {
  /** Events whose venue's clock ran back within their stream: there it stands still, as in a replay. */
  exchClockHeld: number;
  /** Events without a recorder's clock, or without a venue's: they have the other one's time. */
  withoutLocalClock: number;
  withoutExchClock: number;
  /** Events that the recorder has before the venue: hftbacktest wants latencies of zero or more. */
  negativeLatency: number;
}

const noNotes = (): FeedNotes => ({
  exchClockHeld: 0,
  withoutLocalClock: 0,
  withoutExchClock: 0,
  negativeLatency: 0,
});

/** Times the events of one stream. */
class FeedClock {
  readonly notes = noNotes();
  private exch = -Infinity;

  /** `rows` is for how many events it is. */
  next(
    tsEvent: number,
    tsRecv: number,
    rows = 1,
  ): { readonly exch: number; readonly local: number } {
    const local = Number.isNaN(tsRecv) ? tsEvent : tsRecv;
    const sent = Number.isNaN(tsEvent) ? tsRecv : tsEvent;
    const exch = Math.max(this.exch, sent);
    this.exch = exch;
    if (sent < exch) this.notes.exchClockHeld += rows;
    if (Number.isNaN(tsRecv)) this.notes.withoutLocalClock += rows;
    if (Number.isNaN(tsEvent)) this.notes.withoutExchClock += rows;
    if (local < exch) this.notes.negativeLatency += rows;
    return { exch, local };
  }
}

const sideFlag = (side: number): number => (side > 0 ? BUY_EVENT : side < 0 ? SELL_EVENT : 0);

async function* tradeEvents(
  job: ExportJob,
  feed: InstrumentFeed,
  clock: FeedClock,
): AsyncGenerator<readonly FeedEvent[]> {
  const duck = await job.openDuck();
  let ordinal = 0;
  for await (const { length, columns } of rowsOfFeed(job, duck, feed, "trades")) {
    const [side, price, size] = [
      codes(columns, "side"),
      numbers(columns, "price"),
      numbers(columns, "size"),
    ];
    const [event, recv] = [numbers(columns, "tsEvent"), numbers(columns, "tsRecv")];
    yield Array.from({ length }, (_, row): FeedEvent => {
      ordinal += 1;
      return {
        flags: TRADE_EVENT + sideFlag(side[row] ?? 0),
        ...clock.next(event[row] ?? Number.NaN, recv[row] ?? Number.NaN),
        price: price[row] ?? Number.NaN,
        size: size[row] ?? Number.NaN,
        stream: TRADES,
        ordinal,
      };
    });
  }
}

async function* bookEvents(
  job: ExportJob,
  feed: InstrumentFeed,
  clock: FeedClock,
  onNotes: (notes: Readonly<Record<string, number>>) => void,
): AsyncGenerator<readonly FeedEvent[]> {
  const duck = await job.openDuck();
  let ordinal = 0;
  const messages = messagesOfFeed(job, duck, feed, (notes) => onNotes({ ...notes }));
  for await (const some of messages) {
    yield some.flatMap(({ tsEvent, tsRecv, clears, snapshot, opening = false, levels }) => {
      const count = levels.length + Number(clears);
      if (count === 0) return [];
      const times = clock.next(tsEvent, tsRecv, count);
      const event = (flags: number, price: number, size: number): FeedEvent => {
        ordinal += 1;
        return { flags, ...times, price, size, stream: opening ? OPENING : BOOK, ordinal };
      };
      const kind = snapshot ? DEPTH_SNAPSHOT_EVENT : DEPTH_EVENT;
      return [
        ...(clears ? [event(DEPTH_CLEAR_EVENT, 0, 0)] : []),
        ...levels.map(({ side, price, size }) =>
          event(kind + (side === BID ? BUY_EVENT : SELL_EVENT), price, size),
        ),
      ];
    });
  }
}

/** Writes events as rows of the array. */
class EventRows {
  rows = 0;
  private readonly handle: FileHandle;
  private readonly instrument: Instrument;
  private readonly chunk = Buffer.alloc(CHUNK_ROWS * ROW_BYTES);
  private filled = 0;

  constructor(handle: FileHandle, instrument: Instrument) {
    this.handle = handle;
    this.instrument = instrument;
  }

  /** Returns a promise only when rows go to the file. */
  add(event: FeedEvent, forExch: boolean, forLocal: boolean): Promise<void> | undefined {
    const { chunk, instrument } = this;
    const at = this.filled * ROW_BYTES;
    const flags = event.flags + (forExch ? EXCH_EVENT : 0) + (forLocal ? LOCAL_EVENT : 0);
    chunk.writeUInt32LE(flags, at);
    chunk.writeBigInt64LE(BigInt(event.exch) * 1_000n, at + 8);
    chunk.writeBigInt64LE(BigInt(event.local) * 1_000n, at + 16);
    chunk.writeDoubleLE(stepsToNumber(event.price, instrument.tick), at + 24);
    chunk.writeDoubleLE(stepsToNumber(event.size, instrument.lot), at + 32);
    // order_id, ival and fval stay zero.
    this.rows += 1;
    this.filled += 1;
    return this.filled === CHUNK_ROWS ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    await this.handle.writeFile(this.chunk.subarray(0, this.filled * ROW_BYTES));
    this.filled = 0;
  }
}

/** Writes all events of a feed, in an order in which both clocks can be read, to a file of bare rows. */
async function writeEvents(
  job: ExportJob,
  feed: InstrumentFeed,
  path: string,
): Promise<{ readonly rows: number; readonly notes: Readonly<Record<string, number>> }> {
  const notes: Record<string, number> = {};
  const read = (clocks: readonly FeedClock[]): readonly EventCursor[] => {
    const [trades = new FeedClock(), book = new FeedClock()] = clocks;
    return [
      new EventCursor(tradeEvents(job, feed, trades)),
      new EventCursor(bookEvents(job, feed, book, (found) => Object.assign(notes, found))),
    ];
  };
  // The same events are read twice, once in the order of each clock: so no event waits in memory for another.
  const noted = [new FeedClock(), new FeedClock()];
  const byExch = new MergedCursor(read([]), "exch");
  const byLocal = new MergedCursor(read(noted), "local");
  const handle = await open(path, "wx");
  const events = new EventRows(handle, feed.instrument);
  const of = Object.values(feed.days).reduce(
    (sum, days) => sum + days.reduce((rows, day) => rows + day.rows, 0),
    0,
  );
  try {
    await weave(byExch, byLocal, (event, forExch, forLocal) => {
      const written = events.add(event, forExch, forLocal);
      if (written !== undefined) {
        job.onProgress({ what: feed.instrument.id, rows: events.rows, of });
      }
      return written;
    });
    await events.flush();
  } finally {
    await handle.close();
  }
  for (const clock of noted) {
    for (const [name, count] of Object.entries(clock.notes)) {
      notes[name] = (notes[name] ?? 0) + count;
    }
  }
  return { rows: events.rows, notes };
}

async function* arrayFile(rows: number, path: string): AsyncGenerator<Uint8Array> {
  yield npyHeader(EVENT_TYPE, [rows]);
  const content: AsyncIterable<Uint8Array> = createReadStream(path);
  yield* content;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** What the archive says of itself beside its `data`: read by `np.load(…)["about"]`. */
function about(job: ExportJob, { instrument, days }: InstrumentFeed): string {
  const { id, tick, lot, contract, multiplier } = instrument;
  return JSON.stringify({
    instrument: id,
    tickSize: formatDecimal(tick),
    lotSize: formatDecimal(lot),
    contract,
    multiplier,
    aftershock: JSON.parse(provenance(Object.values(days).flat(), job.window)) as unknown,
  });
}

async function writeFeed(
  job: ExportJob,
  feed: InstrumentFeed,
  path: string,
): Promise<{ readonly rows: number; readonly notes: Readonly<Record<string, number>> }> {
  const bare = `${path}.rows`;
  const written = await writeEvents(job, feed, bare);
  const zip = await ZipFile.create(path);
  try {
    await zip.add("data.npy", arrayFile(written.rows, bare));
    await zip.add("about.npy", once(npyText(about(job, feed))));
    await zip.finish();
  } finally {
    await zip.close();
  }
  await rm(bare);
  return written;
}

const fileName = ({ instrument }: InstrumentFeed): string =>
  `${instrument.venue}-${instrument.symbol}.npz`;

/**
 * Event files of hftbacktest, one an instrument: its book and its trades, as an array `data` that `BacktestAsset().data(…)` takes,
 * times in ns, prices in quote currency and sizes in the venue's unit. A book is cleared at each snapshot and wherever it becomes
 * unknown, so that its depth is at every time that of a replay by the same clock.
 */
export const hftbacktestFiles: ExportWriter = async (
  job,
  { path, name, isFolder },
): Promise<Exported> => {
  const feeds = feedsOf(job);
  const notes: Record<string, number> = {};
  const files: ExportedFile[] = [];
  const write = async (feed: InstrumentFeed, file: string, as: string): Promise<void> => {
    const { rows, notes: found } = await writeFeed(job, feed, file);
    files.push({ path: as, rows });
    for (const [what, count] of Object.entries(found)) notes[what] = (notes[what] ?? 0) + count;
  };
  if (isFolder) {
    await mkdir(path);
    for (const feed of feeds) await write(feed, join(path, fileName(feed)), fileName(feed));
  } else {
    const ids = feeds.map(({ instrument }) => instrument.id).join(", ");
    const what = `one file holds one instrument, and there are ${ids}`;
    await write(onlyOne(feeds, what, "Name a folder with --out, for a file each."), path, name);
  }
  return { files, notes: worthSaying(notes) };
};
