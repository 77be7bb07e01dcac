"""hftbacktest on a whole day, for syntheticDay.ts: `python hftbacktest_day.py replay NPZ` or `convert NPZ TRADES BOOK`.

`replay` goes through the day feed by feed and reads the best prices after each, as a strategy without orders does; the loop is compiled by
numba. `convert` is its own converter of Tardis files, which it needs in place of an ingest; it holds the day in memory.
"""

import gzip
import json
import resource
import sys
import time
import zipfile

import numpy as np
from hftbacktest import BacktestAsset, ROIVectorMarketDepthBacktest
from hftbacktest.binding import ROIVectorMarketDepthBacktest_
from hftbacktest.data.utils import tardis
from numba import njit

FEED = 2
# Prices of the made-up day and what lies about them, quote currency.
RANGE = 40_000.0, 70_000.0


@njit
def replay(hbt):
    total = 0
    feeds = 0
    while True:
        found = hbt.wait_next_feed(False, 1_000_000_000_000_000)
        depth = hbt.depth(0)
        bid = depth.best_bid_tick
        ask = depth.best_ask_tick
        feeds += 1
        total += (31 * bid + ask) * (2 * feeds + 1)
        # The last feed is not told: the data ends with it.
        if found != FEED:
            return total & 0xFFFFFFFF, feeds


def backtest_of(path: str):
    asset = (
        BacktestAsset()
        .data([path])
        .linear_asset(1.0)
        .constant_order_latency(0, 0)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0.0, 0.0)
        .tick_size(0.1)
        .lot_size(0.001)
        .last_trades_capacity(0)
        .roi_lb(RANGE[0])
        .roi_ub(RANGE[1])
    )
    return ROIVectorMarketDepthBacktest([asset])


def main() -> None:
    mode, path, *files = sys.argv[1:]
    touch = {}
    # Outside the clock: the loop is compiled, the rows of the files to be converted are counted.
    if mode == "replay":
        replay.compile((ROIVectorMarketDepthBacktest_.class_type.instance_type,))
    else:
        buffer_rows = lines_of(files) + 1_000
    start = time.perf_counter()
    before = time.process_time()
    if mode == "replay":
        total, feeds = replay(backtest_of(path))
        touch = {"touch": f"{int(total)}/{int(feeds)}"}
    else:
        made = tardis.convert(files, path, buffer_size=buffer_rows)
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = rows_of(path) if mode == "replay" else len(made)
    print(json.dumps({"seconds": seconds, "cpuSeconds": cpu_seconds, "peakMiB": peak, "rows": rows} | touch))


def rows_of(path: str) -> int:
    """Events in an archive, as the head of its array says."""
    with zipfile.ZipFile(path) as archive, archive.open("data.npy") as array:
        version = np.lib.format.read_magic(array)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        return read(array)[0][0]


def lines_of(files: list[str]) -> int:
    lines = 0
    for file in files:
        with gzip.open(file, "rb") as text:
            while chunk := text.read(1 << 24):
                lines += chunk.count(b"\n")
    return lines


main()
