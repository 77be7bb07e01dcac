import type { InstrumentTerms, RowSink, SourceLine } from "../../source.ts";
import type { CaptureBytes } from "./captureBytes.fast.ts";

/** One message of a capture. */
export interface CapturedMessage {
  /** The line that it stands on: for quarantine, skip and the rows' `line`. */
  readonly line: SourceLine;
  /** The recorder's clock, µs. */
  readonly tsRecv: number;
  /** The message's own text, JSON as it came: what checksums are computed over. */
  readonly text: string;
  /** The address that a REST reply answers; undefined for a message of the stream. */
  readonly url: string | undefined;
}

/** What reads the usual messages of one file from their bytes. */
export interface BulkCapture {
  /**
   * Takes the message that `line` has begun, line feed included, and returns true; or returns false, having done nothing, where the
   * message is not what the venue usually sends: `VenueCapture.take` gets it then.
   */
  take(line: CaptureBytes): boolean;
}

/**
 * One connection of one venue on its way into the sink. It may come in several files, each with line numbers from 1; no other
 * state outlives a connection, but for venues that say so with `begin`.
 */
export interface VenueCapture {
  /**
   * Takes one message: gives all of its rows, or one skip or quarantine. A DataError that it throws sends the line to quarantine,
   * so nothing may have been emitted before.
   */
  take(message: CapturedMessage): void;
  /** What we sent: a subscription. Most venues need nothing of it; the line is skipped by the frame. */
  sent?(message: CapturedMessage): void;
  /**
   * The connection was opened, for the first time or again, at `tsRecv` by the recorder's clock, µs: sequences that belong to a
   * connection start anew, and trades that happened before are history that the venue sends along.
   */
  connected?(tsRecv: number): void;
  /** A file is over; it may be the last. What is still held back must go out, for rows belong to the file they stand in. */
  end?(): void;
  /** What reads the usual messages of a file from their bytes, with the state of this connection; the file's sink takes rows in bulk. */
  bulk?(sink: RowSink): BulkCapture;
}

/** How the captures of one venue are read. */
export interface CapturedVenue {
  /** Hosts that its addresses name, e.g. `ws.kraken.com`. */
  readonly hosts: readonly string[];
  /** What the recorder calls it at the beginning of a file's name, e.g. `KRAKEN`; no letter and no `_` goes on from there. */
  readonly fileName: string;
  open(sink: RowSink): VenueCapture;
  /**
   * For a venue of which the connections of one ingest belong together: makes what opens them, in the order given. Absent: each
   * stands by itself.
   */
  readonly begin?: () => Pick<CapturedVenue, "open">;
  /** What the venue's own naming says of an instrument at an instant, µs; undefined for one of another venue. */
  readonly terms?: (
    venue: string,
    symbol: string,
    at: number,
  ) => Partial<InstrumentTerms> | undefined;
}
