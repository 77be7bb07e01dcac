import type { StateHash } from "../stateHash.ts";
import { hashBook } from "./bookState.ts";
import type { MessageJudge } from "./messageJudge.ts";
import type { OrderMessage } from "./orderMessage.ts";
import type { OrdersBook } from "./ordersBook.ts";

/** Takes the whole state of a book of orders into a hash: what `hashBook` takes, the queue of each level, and the open message. */
export function hashOrders(
  hash: StateHash,
  book: Pick<OrdersBook, "instrument" | "bidSide" | "askSide" | "ordersAt">,
  judge: MessageJudge,
  message: OrderMessage,
): void {
  hashBook(hash, book, judge, message.frame);
  for (const side of [book.bidSide, book.askSide]) {
    for (let price = side.bestPrice; !Number.isNaN(price); price = side.priceAfter(price)) {
      const orders = book.ordersAt(side.side, price);
      hash.mix(orders.length);
      for (const { id, size } of orders) {
        hash.mixText(id);
        hash.mix(size);
      }
    }
  }
  for (const { orderId, action } of message.changes) {
    hash.mixText(orderId);
    hash.mix(action);
  }
}
