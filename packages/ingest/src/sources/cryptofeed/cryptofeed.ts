import { ConfigError, DataError } from "@aftershock/schema";
import { terms as catalogueTerms } from "../../catalogue/instruments.ts";
import { passing } from "../../files/passingBytes.ts";
import type {
  FileHead,
  InstrumentTerms,
  RowSink,
  Source,
  SourceFile,
  SourceLine,
} from "../../source.ts";
import { readBulkLines } from "../read/bulkLines.ts";
import { CaptureBytes } from "./captureBytes.fast.ts";
import { readCaptureLine, type CaptureLine } from "./captureLine.ts";
import { CAPTURED_VENUES } from "./capturedVenues.ts";
import { OpenCaptures } from "./openCaptures.ts";
import type { BulkCapture, CapturedVenue, VenueCapture } from "./venueCapture.ts";

const hostOf = (url: string): string => /^\w+:\/\/([^/:?]+)/.exec(url)?.[1] ?? "";

const FIRST_URL = /^(?:configuration: [^\n]*\n)?((?:wss?|https?):\/\/\S+) (?:<->|->|<-) \d/;

/** BINANCE is not how BINANCE_FUTURES begins, nor OKX how OKXDEX does. */
const isNamed = (fileName: string, venue: CapturedVenue): boolean =>
  fileName.startsWith(venue.fileName) && !/^[A-Z_]/.test(fileName.slice(venue.fileName.length));

function venueOf(fileName: string, url: string | undefined): CapturedVenue | undefined {
  const host = url === undefined ? undefined : hostOf(url);
  const byHost = CAPTURED_VENUES.find(({ hosts }) => host !== undefined && hosts.includes(host));
  return byHost ?? CAPTURED_VENUES.find((venue) => isNamed(fileName, venue));
}

function unknownVenue(file: SourceFile, url: string | undefined): DataError {
  const known = CAPTURED_VENUES.map(({ fileName }) => fileName).join(", ");
  return new DataError(
    `${file.name}: the capture is of no known venue (${url ?? "no address"}); known: ${known}`,
    {
      hints: [
        "A capture begins with the address it was recorded from, or its file is named for the venue.",
      ],
    },
  );
}

/** One file of a capture, line by line. */
class CaptureFile {
  private readonly file: SourceFile;
  private readonly sink: RowSink;
  private readonly captures: OpenCaptures;
  private capture: VenueCapture | undefined;
  private bulk: BulkCapture | undefined;
  private readonly line = new CaptureBytes();

  constructor(file: SourceFile, sink: RowSink, captures: OpenCaptures) {
    this.file = file;
    this.sink = sink;
    this.captures = captures;
    this.follow(captures.continued(file.name, sink));
  }

  /** Reads the file line by line, from its bytes where the sink takes rows in bulk. */
  async read(): Promise<void> {
    if (this.sink.bulk === undefined) {
      for await (const lines of this.file.lines()) for (const line of lines) this.take(line);
    } else {
      await readBulkLines(passing(this.file), {
        line: (line) => this.take(line),
        bulk: (bytes, from, _to, number) => this.takeBytes(bytes, from, number),
      });
    }
    this.capture?.end?.();
  }

  private follow(capture: VenueCapture | undefined): void {
    this.capture = capture;
    if (this.sink.bulk !== undefined) this.bulk = capture?.bulk?.(this.sink);
  }

  /** As `BulkLineTaker.bulk`. */
  private takeBytes(bytes: Uint8Array, from: number, number: number): number {
    const { bulk, line } = this;
    if (bulk === undefined || !line.begin(bytes, from, number)) return -1;
    return bulk.take(line) ? line.at : -1;
  }

  private take(line: SourceLine): void {
    try {
      this.readText(line);
    } catch (error) {
      if (error instanceof ConfigError) throw this.located(line, error);
      if (!(error instanceof DataError) || this.capture === undefined) throw error;
      this.sink.quarantine(line, error.message);
    }
  }

  /** What a capture has against the files as they were given, with where it found it. */
  private located({ number }: SourceLine, error: ConfigError): ConfigError {
    const message = `${this.file.name}:${number}: ${error.message}`;
    return new ConfigError(message, { cause: error, hints: error.hints });
  }

  private readText(line: SourceLine): void {
    // Before a first message the configuration may stand, and a request; no message can be read before the venue is known.
    const read = this.readLine(line);
    switch (read.kind) {
      case "configuration":
        this.sink.skip(line, "recorder's configuration");
        break;
      case "blank":
        this.sink.skip(line, "blank line");
        break;
      case "connected":
        this.open(read.url).connected?.(read.tsRecv);
        this.sink.skip(line, "connection opened");
        break;
      case "sent":
        this.open(read.url).sent?.(read.message);
        this.sink.skip(line, "request");
        break;
      case "message":
        this.open(read.message.url).take(read.message);
        break;
      default:
        read satisfies never;
    }
  }

  /** Throws DataError for a line that is none of a capture: before any that is one, with where it stands. */
  private readLine(line: SourceLine): CaptureLine {
    try {
      return readCaptureLine(line);
    } catch (error) {
      if (!(error instanceof DataError) || this.capture !== undefined) throw error;
      throw new DataError(`${this.file.name}:${line.number}: ${error.message}`, {
        cause: error,
        hints: [
          "Expected lines of `<seconds>: <message>`; name the source that fits the file with --source.",
        ],
      });
    }
  }

  private open(url: string | undefined): VenueCapture {
    if (this.capture !== undefined) return this.capture;
    const venue = venueOf(this.file.name, url);
    if (venue === undefined) throw unknownVenue(this.file, url);
    const capture = this.captures.open(this.file.name, venue, this.sink);
    this.follow(capture);
    return capture;
  }
}

/** A capture says where it was recorded in its first lines; its messages alone could be anyone's. */
function recognises({ text }: FileHead): boolean {
  const url = FIRST_URL.exec(text)?.[1];
  return url !== undefined && venueOf("", url) !== undefined;
}

/** What the catalogue knows of an instrument, else what the venue's own naming says. */
function terms(venue: string, symbol: string, at: number): InstrumentTerms {
  const known = catalogueTerms(venue, symbol, at);
  if (known.contract !== "unknown") return known;
  for (const captured of CAPTURED_VENUES) {
    const named = captured.terms?.(venue, symbol, at);
    if (named !== undefined) return { ...known, ...named };
  }
  return known;
}

/**
 * Raw captures as the cryptofeed library writes them: one connection a file, each line the recorder's clock (seconds) and the
 * message as it came; REST replies and requests with their address. The venue is known by the address, or by the file's name.
 * What becomes of a venue's messages stands in the file of that venue. Times are the recorder's to the µs.
 *
 * A connection that the recorder cut into several files (`KRAKEN.ws.1.0`, `KRAKEN.ws.1.1` and so on) goes on from one to the next
 * when they are given in that order. Replies to REST requests that it kept in a file of their own (depth snapshots of
 * BINANCE_DELIVERY) join the stream's file; in one ingest they come first.
 *
 * Messages that are what a venue usually sends are read from their bytes, by the venue's `…Bulk.fast.ts`; all others from their text,
 * as JSON. Both come to the same rows.
 *
 * Where a venue sends a checksum of its book (Kraken, OKX, FTX) every message is verified, and its last row says how that went. A
 * checksum covers so many of the best levels of each side: what is wrong below them it cannot show.
 */
export const cryptofeed: Source = {
  name: "cryptofeed",
  version: 1,
  recognises,
  continues: true,
  createReader() {
    const captures = new OpenCaptures();
    return {
      async read(file, sink) {
        await new CaptureFile(file, sink, captures).read();
      },
    };
  },
  terms,
};
