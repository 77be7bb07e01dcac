"""The streams that bookFiles.ts and orderFiles.ts write, and how a contender prints what it measured."""

import json
import os
import time

import numpy as np

SNAPSHOT_START = 1
MESSAGE_END = 4
BID = 1
EMPTY = 0


class BookStream:
    """The columns of a book stream as numpy arrays, at most `rows` of them, cut at the end of a message."""

    def __init__(self, folder: str, rows: int | None = None):
        with open(os.path.join(folder, "stream.json"), encoding="utf8") as file:
            self.facts = json.load(file)
        count = self.facts["rows"] if rows is None else min(rows, self.facts["rows"])
        column = lambda name, kind: np.fromfile(os.path.join(folder, name), kind, count)
        self.flags = column("flags.i8", np.int8)
        ends = np.flatnonzero(self.flags & MESSAGE_END)
        self.rows = int(ends[-1]) + 1
        self.flags = self.flags[: self.rows]
        self.price = column("price.i32", np.int32)[: self.rows]
        self.size = column("size.i32", np.int32)[: self.rows]
        self.side = column("side.i8", np.int8)[: self.rows]
        # Where each message starts and ends; what a message is about does not matter to a book.
        self.ends = ends + 1
        self.starts = np.concatenate(([0], self.ends[:-1]))
        self.tick = self.facts["tickSize"]
        self.lot = self.facts["lotSize"]

    def narrow_snapshots(self, width: int) -> None:
        """Leaves out the levels of snapshots that lie further than so many ticks behind the best one of their side."""
        keep = np.ones(self.rows, bool)
        for number in np.flatnonzero(self.flags[self.starts] & SNAPSHOT_START):
            rows = slice(self.starts[number], self.ends[number])
            bid = self.side[rows] == BID
            prices = self.price[rows]
            best = np.where(bid, prices[bid].max(), prices[~bid].min())
            keep[rows] = np.abs(prices - best) <= width
            kept = np.flatnonzero(keep[rows]) + rows.start
            self.flags[kept[0]], self.flags[kept[-1]] = self.flags[rows.start], self.flags[rows.stop - 1]
        self.flags, self.price, self.size, self.side = (
            column[keep] for column in (self.flags, self.price, self.size, self.side)
        )
        self.rows = len(self.flags)
        self.ends = np.flatnonzero(self.flags & MESSAGE_END) + 1
        self.starts = np.concatenate(([0], self.ends[:-1]))

    @property
    def messages(self) -> int:
        return len(self.ends)

    def message_of_row(self) -> np.ndarray:
        """The number of each row's message, from 0."""
        return np.repeat(np.arange(self.messages), self.ends - self.starts)


def touch_sum(bids: np.ndarray, asks: np.ndarray) -> int:
    """As touchSum.ts: best prices in ticks at the end of each message, 0 for an empty side."""
    number = np.arange(1, len(bids) + 1, dtype=np.uint64)
    terms = (bids.astype(np.int64) * 31 + asks.astype(np.int64)).astype(np.uint64) * (2 * number + 1)
    return int(terms.sum(dtype=np.uint64) & np.uint64(0xFFFFFFFF))


class CpuClock:
    """CPU time of the process over the `with` blocks entered, all threads, s."""

    def __init__(self):
        self.seconds = 0.0

    def __enter__(self):
        self.start = time.process_time()
        return self

    def __exit__(self, *_):
        self.seconds += time.process_time() - self.start


def print_result(clock: CpuClock, sum_: int, messages: int, version: str, rows: int) -> None:
    print(
        json.dumps(
            {"cpuSeconds": clock.seconds, "touchSum": sum_, "messages": messages, "version": version, "rows": rows}
        )
    )
