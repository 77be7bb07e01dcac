import {
  ASK,
  BID,
  MESSAGE_END,
  NO_SIDE,
  SNAPSHOT,
  SNAPSHOT_START,
  type Decimal,
} from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import type { CsvRow } from "../read/csvRow.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { origin, noteEventTime, readHead, type TardisHead } from "./tardisHead.ts";

interface Level {
  readonly side: number;
  readonly price: Decimal;
  readonly size: Decimal;
}

const NOTHING: Decimal = { mantissa: 0, decimals: 0 };

/** A level that the book did not have is two empty cells; one cell without the other is a bad row. */
function readLevel(row: CsvRow, side: number, name: string): Level | undefined {
  const price = row.optionalDecimal(`${name}.price`);
  const size = row.optionalSize(`${name}.amount`);
  if (price === undefined && size === undefined) return undefined;
  if (price === undefined) throw row.wrong(`${name}.price`, "a price");
  if (size === undefined) throw row.wrong(`${name}.amount`, "a size");
  return size.mantissa === 0 ? undefined : { side, price, size };
}

function readLevels(row: CsvRow, depth: number): readonly Level[] {
  const levels: Level[] = [];
  for (let rank = 0; rank < depth; rank += 1) {
    const bid = readLevel(row, BID, `bids[${rank}]`);
    const ask = readLevel(row, ASK, `asks[${rank}]`);
    if (bid !== undefined) levels.push(bid);
    if (ask !== undefined) levels.push(ask);
  }
  return levels.length > 0 ? levels : [{ side: NO_SIDE, price: NOTHING, size: NOTHING }];
}

/**
 * Book snapshots of the best 5 or 25 levels: each line is a whole snapshot and one message, and replaces the book before it. A
 * side may be short or empty; a line without any level is an empty book, one row of side 0. What lies below the depth is not
 * recorded, so each message gets the note `depthLimited`.
 */
export const tardisDepth = (
  sink: RowSink,
  depth: number,
  claim: (head: TardisHead) => void,
): CsvHandler => ({
  row: (line) => {
    const read = readCells(sink, line, (row) => ({
      head: readHead(row),
      levels: readLevels(row, depth),
    }));
    if (read === undefined) return;
    const { head, levels } = read;
    claim(head);
    noteEventTime(sink, "book", head);
    sink.note("book", head.venue, head.symbol, "depthLimited");
    for (const [place, level] of levels.entries()) {
      const start = place === 0 ? SNAPSHOT_START : 0;
      const end = place === levels.length - 1 ? MESSAGE_END : 0;
      sink.row("book", head.venue, head.symbol, {
        ...origin(head),
        ...level,
        flags: SNAPSHOT | start | end,
      });
    }
  },
});
