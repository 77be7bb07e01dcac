import { MICROS_PER_DAY, NO_SIDE, SNAPSHOT, SNAPSHOT_START } from "@aftershock/schema";
import type { RawRow, RowSink } from "../../source.ts";
import { TopLevels, type LevelChange } from "../read/topLevels.ts";
import { F_LAST, type BookEvent } from "./databentoEvent.ts";
import { HeldRow } from "./heldRow.ts";

const ZERO = { mantissa: 0, decimals: 0 } as const;
const NO_LEVEL = { side: NO_SIDE, price: ZERO, size: ZERO } as const;

/**
 * The ten best levels of one instrument, of which every record holds all, on their way into the `book` stream: the first record of
 * a file and of each UTC day as a snapshot, later ones as the levels that changed. A record that went to quarantine loses
 * nothing, because the next one holds all levels again.
 */
export class DatabentoBook {
  private levels = new TopLevels();
  private readonly held: HeldRow<RawRow<"book">>;
  private day = Number.NaN;

  constructor(sink: RowSink, venue: string, symbol: string) {
    this.held = new HeldRow((row) => sink.row("book", venue, symbol, row));
  }

  /** Writes what an event changed; false when that is nothing. */
  write(event: BookEvent): boolean {
    const day = Math.floor((event.tsRecv ?? event.tsEvent ?? 0) / MICROS_PER_DAY);
    const starts = day !== this.day;
    if (starts) this.levels = new TopLevels();
    this.day = day;
    const changes = this.levels.changeTo(event.bids, event.asks);
    const rows: readonly (LevelChange | typeof NO_LEVEL)[] =
      starts && changes.length === 0 ? [NO_LEVEL] : changes;
    for (const [place, { side, price, size }] of rows.entries()) {
      this.held.put({
        line: event.line.number,
        tsEvent: event.tsEvent,
        tsRecv: event.tsRecv,
        side,
        price,
        size,
        flags: (starts ? SNAPSHOT : 0) | (starts && place === 0 ? SNAPSHOT_START : 0),
      });
    }
    if ((event.flags & F_LAST) !== 0) this.held.end();
    return rows.length > 0;
  }

  /** The file is over. */
  endOfFile(): void {
    this.held.flush();
  }
}
