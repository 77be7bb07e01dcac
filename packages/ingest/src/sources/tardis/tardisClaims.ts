import { DataError, instrumentId, type StreamName } from "@aftershock/schema";
import type { TardisHead } from "./tardisHead.ts";

/**
 * Which type of file gives the rows of each instrument in one stream, over all files of an ingest. Snapshots and increments of
 * one book, or a venue's own quotes and those derived from its book, mixed in one stream, would be neither.
 */
export class TardisClaims {
  private readonly stream: StreamName;
  private readonly types = new Map<string, string>();

  constructor(stream: StreamName) {
    this.stream = stream;
  }

  /** Throws DataError when another type of file gave rows of the same instrument. */
  claim(type: string, fileName: string, { venue, symbol }: TardisHead): void {
    const id = instrumentId(venue, symbol);
    const other = this.types.get(id);
    if (other === undefined) this.types.set(id, type);
    else if (other !== type) {
      throw new DataError(
        `${fileName}: ${type} of ${id}, whose rows of ${this.stream} are already read from ${other}`,
        { hints: [`Ingest one type of file for the ${this.stream} of an instrument.`] },
      );
    }
  }
}
