"""lrvx's book by order: `python lrvx_l3.py FOLDER ROWS`. There is no entry point for many orders at once: each message is a call from Python.

It modifies sizes only: an order that moves is removed and added. What is executed is told as the size that is left, or as a removal.
"""

import json
import os
import sys
from importlib.metadata import version

import lrvx
import numpy as np

from flat_stream import BID, MESSAGE_END, CpuClock, print_result, touch_sum

ADD, MODIFY, CANCEL, EXECUTE = 1, 2, 3, 4


class Messages:
    """The calls that rows come to, made outside the clock."""

    def __init__(self, folder: str, rows: int):
        column = lambda name, kind: np.fromfile(os.path.join(folder, name), kind, rows)
        with open(os.path.join(folder, "stream.json"), encoding="utf8") as file:
            self.facts = json.load(file)
        self.id, self.action, self.side = column("id.i64", np.int64), column("action.i8", np.int8), column("side.i8", np.int8)
        self.price, self.size = column("price.i32", np.int32), column("size.i32", np.int32)
        self.ends = (column("flags.i8", np.int8) & MESSAGE_END) != 0

    def calls(self, book) -> list:
        """A list of calls for each row, and whether the row ends a message."""
        tick, lot = self.facts["tickSize"], self.facts["lotSize"]
        resting = {}
        calls = []
        for row in range(len(self.id)):
            order, action, size = int(self.id[row]), self.action[row], int(self.size[row])
            price = int(self.price[row])
            side = "buy" if self.side[row] == BID else "sell"
            before = resting.get(order)
            if action == EXECUTE:
                size = before[1] - size
            if action == CANCEL or size == 0:
                del resting[order]
                calls.append([(book.remove_order, (order,))])
                continue
            resting[order] = (price, size)
            add = (book.add_order, (order, price * tick, size * lot, side))
            if action == ADD:
                calls.append([add])
            elif before[0] == price:
                calls.append([(book.modify_order, (order, size * lot))])
            else:
                calls.append([(book.remove_order, (order,)), add])
        return calls


def main() -> None:
    folder, rows = sys.argv[1:]
    messages = Messages(folder, int(rows))
    book = lrvx.L3Book()
    calls = messages.calls(book)
    clock, bids, asks = CpuClock(), [], []
    best_bid, best_ask = book.best_bid, book.best_ask
    with clock:
        for row_calls, ends in zip(calls, messages.ends.tolist()):
            for call, arguments in row_calls:
                call(*arguments)
            if ends:
                bids.append(best_bid())
                asks.append(best_ask())
    tick = messages.facts["tickSize"]
    ticks = lambda prices: np.rint(np.array(prices, float) / tick).astype(np.int64)
    print_result(clock, touch_sum(ticks(bids), ticks(asks)), len(bids), f"lrvx {version('lrvx')}", int(rows))


main()
