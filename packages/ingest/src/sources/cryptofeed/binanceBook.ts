import { SNAPSHOT, type StreamName } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import {
  BinanceDepthSync,
  type DepthLink,
  type DepthMessage,
  type StagedDiff,
} from "../binance/binanceDepthSync.ts";
import { writeBook } from "../read/bookMessage.ts";

/** A sink for what a snapshot sets free, without the snapshot itself: its rows stand in the file that it was recorded in. */
const withoutSnapshots = (sink: RowSink): RowSink => ({
  quarantine: (line, reason) => sink.quarantine(line, reason),
  skip: (line, reason) => sink.skip(line, reason),
  note: (stream, venue, symbol, what, count) => sink.note(stream, venue, symbol, what, count),
  dataset: (name) => sink.dataset(name),
  row: <S extends StreamName>(stream: S, venue: string, symbol: string, row: RawRow<S>): void => {
    const flags = "flags" in row && typeof row.flags === "number" ? row.flags : 0;
    if (stream === "book" && (flags & SNAPSHOT) !== 0) return;
    sink.row(stream, venue, symbol, row);
  },
});

/**
 * The book of one instrument of a capture: `BinanceDepthSync`, for snapshots in the stream's own file or in another one.
 *
 * A snapshot of the stream's file goes through the synchronisation as it stands. One that was recorded in a file of its own,
 * which is read before the stream's, is written there with its own receive time, and waits here: when the stream reaches that
 * time, the synchronisation is told of it. The rows of both files are put in order by time in the lake, so all that is left to do
 * is to delay the diffs that came before the snapshot but are newer than it: they get the first µs after it.
 */
export class CapturedBinanceBook extends BinanceDepthSync {
  readonly #venue: string;
  readonly #symbol: string;
  /** Snapshots of another file that the stream has not reached, in order of time. */
  #waiting: readonly DepthMessage[] = [];
  #streamRecv = Number.NEGATIVE_INFINITY;

  constructor(venue: string, symbol: string) {
    super(venue, symbol);
    this.#venue = venue;
    this.#symbol = symbol;
  }

  /** When the last depth update of the stream was received, µs. */
  get streamRecv(): number {
    return this.#streamRecv;
  }

  /** As in `BinanceDepthSync`; where the stream has reached a snapshot of another file there is something to decide. */
  override advance(link: DepthLink): boolean {
    if ((this.#waiting[0]?.tsRecv ?? Infinity) < link.tsRecv || !super.advance(link)) return false;
    this.#streamRecv = link.tsRecv;
    return true;
  }

  /** Takes a diff. Returns why it is not to be stored, if so. */
  override diff(depth: DepthMessage | StagedDiff, sink: RowSink): string | undefined {
    this.#streamRecv = depth.tsRecv;
    const reached = this.#waiting.filter(({ tsRecv }) => tsRecv < depth.tsRecv);
    if (reached.length > 0) {
      this.#waiting = this.#waiting.slice(reached.length);
      const freed = withoutSnapshots(sink);
      for (const reply of reached) {
        this.snapshot({ ...reply, tsRecv: reply.tsRecv + 1 }, freed);
      }
    }
    return super.diff(depth, sink);
  }

  /** Takes a snapshot of a file of replies. */
  reply(depth: DepthMessage, sink: RowSink): void {
    writeBook(sink, this.#venue, this.#symbol, { ...depth, snapshot: true });
    this.#waiting = [...this.#waiting, depth].toSorted((a, b) => a.tsRecv - b.tsRecv);
  }
}
