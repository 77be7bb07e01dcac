"""lrvx (once FLOX) on a book stream: `python lrvx_l2.py book|tape|backtest FOLDER [ROWS]`.

`book` calls its OrderBook from Python, once a message, with arrays made before the clock starts. `tape` is its way for whole recordings:
the stream is put on a tape before the clock starts, and one pass in C++ rebuilds the book and writes down the best level of each bucket of
time, a bucket a message. `backtest` replays the same tape to a strategy that reads the best prices at each message; it has no orders.

Its OrderBook holds 8,192 ticks and that of a strategy 512, from the worst price of a snapshot on: both are given snapshots no wider than
that, and lose what later lies outside.
"""

import shutil
import sys
import tempfile
from importlib.metadata import version

import lrvx
import numpy as np

from flat_stream import BID, SNAPSHOT_START, BookStream, CpuClock, print_result, touch_sum

LEVEL = np.dtype({"names": ["price_raw", "qty_raw", "side"], "formats": ["<i8", "<i8", "u1"], "offsets": [0, 8, 16], "itemsize": 24})
HEADER = np.dtype(
    {
        "names": ["exchange_ts_ns", "recv_ts_ns", "seq", "symbol_id", "bid_count", "ask_count", "level_offset", "event_type"],
        "formats": ["<i8", "<i8", "<i8", "<u4", "<u2", "<u2", "<u4", "u1"],
        "offsets": [0, 8, 16, 24, 28, 30, 32, 36],
        "itemsize": 40,
    }
)
# What `write_books` takes; `read_book_updates` gives 0 and 1 for the same.
TAPE_SNAPSHOT, TAPE_DELTA = 2, 3
NANOS = 1_000
CHUNK = 50_000
# Ticks behind the best price that snapshots are cut to.
WIDTH = {"book": 2_000, "backtest": 100}


def levels_of(stream: BookStream) -> tuple[np.ndarray, np.ndarray]:
    """Rows in the order that a tape wants, bids before asks within a message, and how many bids each message has."""
    message = stream.message_of_row()
    order = np.lexsort((stream.side != BID, message))
    return order, np.bincount(message, stream.side == BID, stream.messages).astype(np.int64)


def write_tape(stream: BookStream, folder: str) -> None:
    order, bids = levels_of(stream)
    levels = np.zeros(stream.rows, LEVEL)
    levels["price_raw"] = stream.price[order].astype(np.int64) * round(stream.tick * lrvx.PRICE_SCALE)
    levels["qty_raw"] = stream.size[order].astype(np.int64) * round(stream.lot * lrvx.QUANTITY_SCALE)
    levels["side"] = stream.side[order] != BID
    headers = np.zeros(stream.messages, HEADER)
    headers["exchange_ts_ns"] = headers["recv_ts_ns"] = (np.arange(stream.messages) + 1) * NANOS
    headers["seq"] = np.arange(stream.messages)
    headers["symbol_id"] = 1
    headers["bid_count"] = bids
    headers["ask_count"] = stream.ends - stream.starts - bids
    headers["level_offset"] = stream.starts
    headers["event_type"] = np.where(stream.flags[stream.starts] & SNAPSHOT_START, TAPE_SNAPSHOT, TAPE_DELTA)
    writer = lrvx.DataWriter(folder, max_segment_mb=4096)
    if writer.write_books(headers, levels) != stream.messages:
        raise SystemExit("lrvx did not write every message")
    writer.close()


def ticks(prices: np.ndarray, stream: BookStream) -> np.ndarray:
    return np.rint(np.nan_to_num(prices) / stream.tick).astype(np.int64)


def run_book(stream: BookStream):
    book = lrvx.OrderBook(stream.tick)
    order, bid_counts = levels_of(stream)
    prices, sizes = stream.price[order] * stream.tick, stream.size[order] * stream.lot
    clock, bids, asks = CpuClock(), [], []
    for first in range(0, stream.messages, CHUNK):
        chunk = []
        for number in range(first, min(first + CHUNK, stream.messages)):
            start, end = stream.starts[number], stream.ends[number]
            split = start + bid_counts[number]
            snapshot = stream.flags[start] & SNAPSHOT_START
            parts = prices[start:split], sizes[start:split], prices[split:end], sizes[split:end]
            chunk.append((book.apply_snapshot if snapshot else book.apply_delta, parts))
        best_bid, best_ask = book.best_bid, book.best_ask
        with clock:
            for apply, parts in chunk:
                apply(*parts)
                bids.append(best_bid())
                asks.append(best_ask())
    return clock, ticks(np.array(bids, float), stream), ticks(np.array(asks, float), stream)


def run_tape(stream: BookStream, folder: str):
    reader = lrvx.DataReader(folder)
    best = lrvx.BookSnapshotBinAggregator(NANOS, levels=1)
    clock = CpuClock()
    with clock:
        reader.run([best], n_threads=1)
        rows = best.result()
    step = round(stream.tick * lrvx.PRICE_SCALE)
    return clock, rows["bid_price_raw"] // step, rows["ask_price_raw"] // step


class Reader(lrvx.Strategy):
    """Reads the best prices at each message."""

    def __init__(self, symbols):
        super().__init__(symbols)
        self.bids, self.asks = [], []

    def on_book_update(self, ctx):
        self.bids.append(ctx.best_bid)
        self.asks.append(ctx.best_ask)


def run_backtest(stream: BookStream, folder: str):
    registry = lrvx.SymbolRegistry()
    symbol = registry.add_symbol("binance", "BTCUSDT", tick_size=stream.tick)
    runner = lrvx.BacktestRunner(registry)
    reader = Reader([symbol])
    runner.set_strategy(reader)
    clock = CpuClock()
    with clock:
        runner.run_tape(folder)
    return clock, ticks(np.array(reader.bids, float), stream), ticks(np.array(reader.asks, float), stream)


def main() -> None:
    mode, folder, *rows = sys.argv[1:]
    stream = BookStream(folder, int(rows[0]) if rows else None)
    rows_given = stream.rows
    if mode in WIDTH:
        stream.narrow_snapshots(WIDTH[mode])
    tape = tempfile.mkdtemp(prefix="aftershock-lrvx-")
    try:
        if mode == "book":
            clock, bids, asks = run_book(stream)
        else:
            write_tape(stream, tape)
            clock, bids, asks = (run_tape if mode == "tape" else run_backtest)(stream, tape)
    finally:
        shutil.rmtree(tape)
    print_result(clock, touch_sum(bids, asks), len(bids), f"lrvx {version('lrvx')}", rows_given)


main()
