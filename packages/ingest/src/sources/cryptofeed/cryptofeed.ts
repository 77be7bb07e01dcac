import { DataError } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { FileHead, RowSink, Source, SourceFile, SourceLine } from "../../source.ts";
import { readCaptureLine } from "./captureLine.ts";
import { CAPTURED_VENUES } from "./capturedVenues.ts";
import type { CapturedVenue, VenueCapture } from "./venueCapture.ts";

const hostOf = (url: string): string => /^\w+:\/\/([^/:?]+)/.exec(url)?.[1] ?? "";

const FIRST_URL = /^(?:configuration: [^\n]*\n)?((?:wss?|https?):\/\/\S+) (?:<->|->|<-) \d/;

function venueOf(fileName: string, url: string | undefined): CapturedVenue | undefined {
  const host = url === undefined ? undefined : hostOf(url);
  const byHost = CAPTURED_VENUES.find(({ hosts }) => host !== undefined && hosts.includes(host));
  // The longest name first: BINANCE_FUTURES begins with BINANCE.
  const byName = CAPTURED_VENUES.toSorted((a, b) => b.fileName.length - a.fileName.length);
  return byHost ?? byName.find((venue) => fileName.startsWith(venue.fileName));
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
  private capture: VenueCapture | undefined;

  constructor(file: SourceFile, sink: RowSink) {
    this.file = file;
    this.sink = sink;
  }

  take(line: SourceLine): void {
    try {
      this.read(line);
    } catch (error) {
      if (!(error instanceof DataError) || this.capture === undefined) throw error;
      this.sink.quarantine(line, error.message);
    }
  }

  private read(line: SourceLine): void {
    // Before a first message the configuration may stand, and a request; no message can be read before the venue is known.
    const read = readCaptureLine(line);
    switch (read.kind) {
      case "configuration":
        this.sink.skip(line, "recorder's configuration");
        break;
      case "connected":
        this.open(read.url).connected?.();
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

  private open(url: string | undefined): VenueCapture {
    if (this.capture !== undefined) return this.capture;
    const venue = venueOf(this.file.name, url);
    if (venue === undefined) throw unknownVenue(this.file, url);
    this.capture = venue.open(this.sink);
    return this.capture;
  }

  end(): void {
    this.capture?.end?.();
  }
}

/** A capture says where it was recorded in its first lines; its messages alone could be anyone's. */
function recognises({ text }: FileHead): boolean {
  const url = FIRST_URL.exec(text)?.[1];
  return url !== undefined && venueOf("", url) !== undefined;
}

/**
 * Raw captures as the cryptofeed library writes them: one connection a file, each line the recorder's clock (seconds) and the
 * message as it came; REST replies and requests with their address. The venue is known by the address, or by the file's name.
 * What becomes of a venue's messages stands in the file of that venue. Times are the recorder's to the µs.
 */
export const cryptofeed: Source = {
  name: "cryptofeed",
  version: 1,
  recognises,
  createReader: () => ({
    async read(file, sink) {
      const capture = new CaptureFile(file, sink);
      for await (const lines of file.lines()) for (const line of lines) capture.take(line);
      capture.end();
    },
  }),
  terms,
};
