import { IntegrityError } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CapturedVenue, VenueCapture } from "./venueCapture.ts";

/** Hands everything on to the sink of the file that is being read. */
interface CurrentSink {
  readonly sink: RowSink;
  follow(target: RowSink): void;
}

function currentSink(first: RowSink): CurrentSink {
  let target = first;
  return {
    // Functions of their own, so that a capture can put one of them in another's place.
    sink: {
      row: (stream, venue, symbol, row) => target.row(stream, venue, symbol, row),
      quarantine: (line, reason) => target.quarantine(line, reason),
      skip: (line, reason) => target.skip(line, reason),
      note: (stream, venue, symbol, what, count) => target.note(stream, venue, symbol, what, count),
      dataset: (name) => target.dataset(name),
      ...(first.bulk === undefined
        ? {}
        : {
            bulk: (stream, venue, symbol) => {
              const rows = target.bulk?.(stream, venue, symbol);
              if (rows !== undefined) return rows;
              throw new IntegrityError(
                "Invariant: the sinks of one ingest do not all take columns",
              );
            },
          }),
    },
    follow: (next) => {
      target = next;
    },
  };
}

/** A connection, with what it was read into so far. */
interface OpenCapture {
  readonly capture: VenueCapture;
  readonly current: CurrentSink;
  /** Which of the connection's files was read last, from 0. */
  part: number;
}

/** `KRAKEN.ws.1.4`: the fifth file of the connection `KRAKEN.ws.1`. */
function partOf(fileName: string): { readonly connection: string; readonly part: number } {
  const [, connection, part] = /^(.+)\.(\d{1,6})(?:\.(?:gz|zst|lz4))?$/.exec(fileName) ?? [];
  return { connection: connection ?? fileName, part: Number(part) };
}

/**
 * The connections of one ingest. The recorder begins a new file of a connection every 100 MiB and counts them at the end of their
 * names: when the next one follows the one before it, books and sequences go on. A venue whose files belong together is begun
 * once.
 */
export class OpenCaptures {
  readonly #begun = new Map<CapturedVenue, Pick<CapturedVenue, "open">>();
  readonly #open = new Map<string, OpenCapture>();

  /** The capture of which a file is the next part; undefined for the first part of a connection, or one after a hole. */
  continued(fileName: string, sink: RowSink): VenueCapture | undefined {
    const { connection, part } = partOf(fileName);
    const open = this.#open.get(connection);
    if (open === undefined || open.part + 1 !== part) return undefined;
    open.part = part;
    open.current.follow(sink);
    return open.capture;
  }

  /** Opens a file that is not the next part of another. */
  open(fileName: string, venue: CapturedVenue, sink: RowSink): VenueCapture {
    const opener = this.#begun.get(venue) ?? venue.begin?.() ?? venue;
    this.#begun.set(venue, opener);
    const { connection, part } = partOf(fileName);
    const current = currentSink(sink);
    const capture = opener.open(current.sink);
    this.#open.set(connection, { capture, current, part });
    return capture;
  }
}
