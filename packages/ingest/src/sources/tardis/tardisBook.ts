import { ASK, BID } from "@aftershock/schema";
import type { RowSink } from "../../source.ts";
import { readCells, type CsvHandler } from "../read/csvTable.ts";
import { TardisBookBulk } from "./tardisBulk.fast.ts";
import type { TardisBookMessages } from "./tardisBookMessages.ts";
import { readHead, type TardisHead } from "./tardisHead.ts";

/**
 * L2 increments: `amount` is what now rests at the price, 0 deletes the level. The lines become messages, see
 * TardisBookMessages; `messages` carries what is known of each book from file to file.
 */
export function tardisBook(
  sink: RowSink,
  messages: TardisBookMessages,
  claim: (head: TardisHead) => void,
): CsvHandler {
  const bulk = new TardisBookBulk(sink, {
    settle: (head, tsRecv) => messages.settle(sink, head, tsRecv),
    resume: (head, { side, price, size, tsEvent, tsRecv, line }) =>
      messages.add(sink, {
        head: { ...head, tsEvent, tsRecv, line },
        snapshot: false,
        side,
        price,
        size,
      }),
  });
  return {
    row: (line) => {
      bulk.yield();
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
      bulk.follow(update.head, line.text("symbol"));
    },
    bulk: (bytes, from, _to, number) => bulk.take(bytes, from, number),
    end: () => {
      bulk.yield();
      messages.endOfFile(sink);
    },
  };
}
