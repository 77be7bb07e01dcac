"""hftbacktest on a book stream: `python hftbacktest_l2.py roi|hashmap depth|backtest FOLDER [ROWS]`.

Python has no depth of its own to update: a depth is what a backtest keeps. `depth` gives it events for the local side only, so that
the exchange side has nothing to do; `backtest` gives every event to both, as a strategy has it, without orders. The loop is compiled by
numba and runs in its library; each message has a time of its own, so that `wait_next_feed` returns at the end of each.
"""

import sys

import numpy as np
from hftbacktest import (
    BUY_EVENT,
    DEPTH_CLEAR_EVENT,
    DEPTH_EVENT,
    EXCH_EVENT,
    LOCAL_EVENT,
    SELL_EVENT,
    TRADE_EVENT,
    BacktestAsset,
    HashMapMarketDepthBacktest,
    ROIVectorMarketDepthBacktest,
    __version__,
)
from hftbacktest.types import event_dtype
from numba import njit

from flat_stream import BID, SNAPSHOT_START, BookStream, CpuClock, print_result

FEED = 2
NANOS = 1_000
LATENCY = 400


def events_of(stream: BookStream, for_exchange: bool) -> np.ndarray:
    """The array that a backtest reads: a clear before each snapshot, and one event past the end, so that the last message is told."""
    clears = np.flatnonzero(stream.flags & SNAPSHOT_START)
    extra = np.zeros(stream.rows, np.int64)
    extra[clears] = 1
    place = np.arange(stream.rows) + np.cumsum(extra)
    events = np.zeros(stream.rows + len(clears) + 1, event_dtype)
    kind = LOCAL_EVENT | (EXCH_EVENT if for_exchange else 0)
    at = (stream.message_of_row() + 1) * NANOS
    events["ev"][place] = DEPTH_EVENT | np.where(stream.side == BID, BUY_EVENT, SELL_EVENT) | kind
    events["exch_ts"][place] = at
    events["px"][place] = stream.price * stream.tick
    events["qty"][place] = stream.size * stream.lot
    events["ev"][place[clears] - 1] = DEPTH_CLEAR_EVENT | kind
    events["exch_ts"][place[clears] - 1] = at[clears]
    # Past the end a trade, which the exchange takes too: it has no event of its own otherwise.
    events["ev"][-1] = TRADE_EVENT | BUY_EVENT | LOCAL_EVENT | EXCH_EVENT
    events["exch_ts"][-1] = (stream.messages + 1) * NANOS
    events["px"][-1] = stream.tick
    events["qty"][-1] = stream.lot
    events["local_ts"] = events["exch_ts"] + LATENCY
    return events


def backtest_of(kind: str, events: np.ndarray, stream: BookStream):
    facts = stream.facts
    asset = (
        BacktestAsset()
        .data(events)
        .linear_asset(1.0)
        .constant_order_latency(0, 0)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0.0, 0.0)
        .tick_size(stream.tick)
        .lot_size(stream.lot)
        .last_trades_capacity(0)
    )
    if kind == "hashmap":
        return HashMapMarketDepthBacktest([asset])
    asset.roi_lb(facts["rangeLow"] * stream.tick).roi_ub(facts["rangeHigh"] * stream.tick)
    return ROIVectorMarketDepthBacktest([asset])


@njit
def replay(hbt):
    total = 0
    messages = 0
    while hbt.wait_next_feed(False, 1_000_000_000_000) == FEED:
        depth = hbt.depth(0)
        bid = depth.best_bid_tick
        ask = depth.best_ask_tick
        messages += 1
        bid = bid if bid > -(1 << 60) else 0
        ask = ask if ask < (1 << 60) else 0
        total += (31 * bid + ask) * (2 * messages + 1)
    return total & 0xFFFFFFFF, messages


def main() -> None:
    kind, mode, folder, *rows = sys.argv[1:]
    warm_up = BookStream(folder, 200_000)
    events = events_of(warm_up, mode == "backtest")
    replay(backtest_of(kind, events, warm_up))
    stream = BookStream(folder, int(rows[0]) if rows else None)
    events = events_of(stream, mode == "backtest")
    hbt = backtest_of(kind, events, stream)
    clock = CpuClock()
    with clock:
        total, messages = replay(hbt)
    print_result(clock, int(total), int(messages), f"hftbacktest {__version__}", stream.rows)


main()
