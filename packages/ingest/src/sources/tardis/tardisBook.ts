import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import type { TardisBookMessages } from "./tardisBookMessages.ts";
import { readHead, type TardisHead } from "./tardisHead.ts";

/**
 * L2 increments: `amount` is what now rests at the price, 0 deletes the level. The lines become messages, see
 * TardisBookMessages; `messages` carries what is known of each book from file to file.
 */
export const tardisBook = (
  sink: RowSink,
  messages: TardisBookMessages,
  claim: (head: TardisHead) => void,
): CsvHandler => ({
  row: (line) => {
    const update = readCells(sink, line, (row) => ({
      head: readHead(row),
      snapshot: row.oneOf("is_snapshot", { true: true, false: false }),
      side: row.oneOf("side", { bid: BID, ask: ASK }),
      price: row.decimal("price"),
      size: row.size("amount"),
    }));
    if (update === undefined) return;
    claim(update.head);
    messages.add(sink, update);
  },
  end: () => {
    messages.endOfFile(sink);
  },
});
