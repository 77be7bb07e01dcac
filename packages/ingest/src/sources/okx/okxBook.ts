import { ASK, BID, DataError } from "@aftershock/schema";
import type { SourceFile } from "../../source.ts";
import { writeBook, levelsOf } from "../read/bookMessage.ts";
import { choiceField, textField, timeField } from "../read/jsonFields.ts";
import { readJsonLines } from "../read/jsonLines.ts";
import { toldVenue } from "../read/toldVenue.ts";
import { isInstrumentId, okxVenue } from "./okxMarket.ts";
import type { OkxFile } from "./okxTables.ts";

/**
 * Reads a book file: snapshots, one every minute or quarter of an hour, and the updates between them. Sizes are absolute, 0
 * deletes; a level's third part counts its orders and is not kept. There are no ids, so a lost message cannot be told but by the
 * line that it stood on: after a bad line the book is unknown until the next snapshot.
 */
export async function readOkxBook(file: SourceFile, { name, sink, hints }: OkxFile): Promise<void> {
  await readJsonLines(file, sink, "messages of OKX's order book archive", (object, line) => {
    const symbol = textField(object, "instId");
    if (!isInstrumentId(symbol)) {
      throw new DataError(`instId is "${symbol.slice(0, 60)}", not the id of an instrument`);
    }
    const venue = toldVenue(name, okxVenue(symbol), hints);
    const message = {
      line: line.number,
      tsEvent: timeField(object, "ts", "millis"),
      snapshot: choiceField(object, "action", [
        ["snapshot", true],
        ["update", false],
      ]),
      levels: [...levelsOf(object["bids"], "bids", BID), ...levelsOf(object["asks"], "asks", ASK)],
    };
    return () => {
      writeBook(sink, venue, symbol, message);
    };
  });
}
