import type { RowSink, SourceLine } from "../../source.ts";

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

/** One connection of one venue on its way into the sink. State does not outlive the file. */
export interface VenueCapture {
  /**
   * Takes one message: gives all of its rows, or one skip or quarantine. A DataError that it throws sends the line to quarantine,
   * so nothing may have been emitted before.
   */
  take(message: CapturedMessage): void;
  /** What we sent: a subscription. Most venues need nothing of it; the line is skipped by the frame. */
  sent?(message: CapturedMessage): void;
  /** The connection was opened, for the first time or again: sequences that belong to a connection start anew. */
  connected?(): void;
  /** The file is over. */
  end?(): void;
}

/** How the captures of one venue are read. */
export interface CapturedVenue {
  /** Hosts that its addresses name, e.g. `ws.kraken.com`. */
  readonly hosts: readonly string[];
  /** What the recorder calls it at the beginning of a file's name, e.g. `KRAKEN`. */
  readonly fileName: string;
  open(sink: RowSink): VenueCapture;
}
