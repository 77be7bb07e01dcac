"""hftbacktest on the studies of fills.ts: `python hftbacktest_fills.py SPEC.json RESULTS.json`.

The specification holds runs; each names an event file written by `aftershock export --format hftbacktest`, the clock to go by, the models, and a
study: `probes` sends the given orders, `maker` and `follower` are the examples of packages/strategy, written again for numba. Times are µs,
prices ticks and sizes lots, as there; hftbacktest has them in ns and in units.

Decisions are made at whole multiples of an interval, after everything before it: one ns earlier by hftbacktest's clock, whose order latency is
longer by that ns, so that orders arrive at whole µs.
"""

import json
import sys

import numpy as np
from hftbacktest import (
    BUY_EVENT,
    CANCELED,
    EXCH_EVENT,
    EXPIRED,
    FILLED,
    GTX,
    LIMIT,
    LOCAL_EVENT,
    BacktestAsset,
    HashMapMarketDepthBacktest,
    __version__,
)
from hftbacktest.order import IOC, NONE
from numba import njit, types
from numba.typed import List

NANOS = 1_000
END_OF_DATA = 1
ORDER_RESPONSE = 3
FAR = 1 << 60

# With partial fills an order that a trade fills to its last lot stays in the book of hftbacktest 2.4.4, and the run ends with the next trade
# at its price (InvalidOrderStatus): only what is larger than the rest takes it out. So orders are less by this part of a lot.
LESS_LOTS = 1e-6


def events_of(path: str, clock: str) -> np.ndarray:
    """The events of a file by one clock for both sides."""
    events = np.load(path)["data"]
    flag, of, to = (
        (LOCAL_EVENT, "local_ts", "exch_ts")
        if clock == "recv"
        else (EXCH_EVENT, "exch_ts", "local_ts")
    )
    events = events[(events["ev"] & np.uint64(flag)) != 0]
    events[to] = events[of]
    events["ev"] |= np.uint64(LOCAL_EVENT | EXCH_EVENT)
    assert (np.diff(events[of]) >= 0).all()
    return events


def backtest_of(run: dict, events: np.ndarray):
    asset = (
        BacktestAsset()
        .data(events)
        .constant_order_latency(run["orderMicros"] * NANOS + 1, run["responseMicros"] * NANOS)
        .trading_value_fee_model(run["makerBps"] / 1e4, run["takerBps"] / 1e4)
        .tick_size(run["tick"])
        .lot_size(run["lot"])
        .last_trades_capacity(0)
    )
    if run["contract"] == "linear":
        asset.linear_asset(run["multiplier"])
    else:
        asset.inverse_asset(run["multiplier"])
    if run["queue"] == "riskAverse":
        asset.risk_adverse_queue_model()
    else:
        asset.power_prob_queue_model(run["power"])
    if run["partial"]:
        asset.partial_fill_exchange()
    else:
        asset.no_partial_fill_exchange()
    return HashMapMarketDepthBacktest([asset])


# order, µs, ticks, lots
FILL = types.Tuple((types.int64, types.int64, types.int64, types.int64))
# order, ticks, lots
COMPLETED = types.Tuple((types.int64, types.int64, types.float64))
# µs, side, ticks, lots
SENT = types.Tuple((types.int64, types.int64, types.int64, types.int64))


@njit
def note_fill(fills, completed, order, index, leaves_lots, lot):
    """Notes what an order has filled since it was last looked at, and the last of its fills when it is whole; returns its open lots."""
    left = int(round(order.leaves_qty / lot))
    if left < leaves_lots:
        fills.append((index, order.exch_timestamp // NANOS, order.exec_price_tick, leaves_lots - left))
        if order.status == FILLED:
            completed.append((index, order.exec_price_tick, order.exec_qty / lot))
    return left


@njit
def play_requests(hbt, at, kind, index, side, price, size, is_ioc, bid, ask, less, lot, tick):
    """Sends given orders and cancels at given times. Returns fills, completing fills, ends, and how often the best prices were others."""
    fills = List.empty_list(FILL)
    completed = List.empty_list(COMPLETED)
    live = List.empty_list(types.int64)
    leaves = size.copy()
    ends = np.zeros(len(size), np.int64)
    mismatches = 0
    request = 0
    failure = 0
    hbt.elapse(0)
    while True:
        now = hbt.current_timestamp
        while request < len(at) and at[request] * NANOS - 1 <= now:
            i = index[request]
            if kind[request] == 0:
                depth = hbt.depth(0)
                if depth.best_bid_tick != bid[i] or depth.best_ask_tick != ask[i]:
                    mismatches += 1
                tif = IOC if is_ioc[i] else GTX
                if side[i] > 0:
                    hbt.submit_buy_order(0, i + 1, price[i] * tick, (size[i] - less) * lot, tif, LIMIT, False)
                else:
                    hbt.submit_sell_order(0, i + 1, price[i] * tick, (size[i] - less) * lot, tif, LIMIT, False)
                live.append(i)
            elif ends[i] == 0:
                order = hbt.orders(0).get(i + 1)
                if order.cancellable:
                    hbt.cancel(0, i + 1, False)
            request += 1
        target = at[request] * NANOS - 1 if request < len(at) else now + FAR // 4
        code = hbt.wait_next_feed(True, target - now)
        if code == END_OF_DATA or code < 0 or code > ORDER_RESPONSE:
            failure = code if code != END_OF_DATA else 0
            break
        if code != ORDER_RESPONSE:
            continue
        orders = hbt.orders(0)
        kept = 0
        for place in range(len(live)):
            i = live[place]
            order = orders.get(i + 1)
            leaves[i] = note_fill(fills, completed, order, i, leaves[i], lot)
            if order.status == FILLED or order.status == EXPIRED or order.status == CANCELED:
                ends[i] = order.status
            else:
                live[kept] = i
                kept += 1
        while len(live) > kept:
            live.pop()
        hbt.clear_inactive_orders(0)
    return fills, completed, ends, mismatches, failure


@njit
def make_market(hbt, every, until, quote_lots, max_lots, half, skew, tolerance, less, lot, tick):
    """The market maker of packages/strategy. Sides: 0 bid, 1 ask."""
    fills = List.empty_list(FILL)
    completed = List.empty_list(COMPLETED)
    sent = List.empty_list(SENT)
    ends = List.empty_list(types.int64)
    working = np.full(2, -1, np.int64)
    price_of = np.zeros(2, np.int64)
    open_of = np.zeros(2, np.int64)
    cancelling = np.zeros(2, np.bool_)
    position = 0
    failure = 0
    hbt.elapse(0)
    step = every * NANOS
    boundary = (hbt.current_timestamp // step + 1) * step
    while True:
        now = hbt.current_timestamp
        if now == boundary - 1 and boundary <= until * NANOS:
            depth = hbt.depth(0)
            best_bid = depth.best_bid_tick
            best_ask = depth.best_ask_tick
            is_market = best_bid > -(1 << 60) and best_ask < (1 << 60) and best_bid < best_ask
            wanted = np.zeros(2, np.int64)
            if is_market:
                centre = (best_bid + best_ask) / 2 - (skew * position) / quote_lots
                wanted[0] = min(int(np.floor(centre - half)), best_ask - 1)
                wanted[1] = max(int(np.ceil(centre + half)), best_bid + 1)
            for s in range(2):
                side = 1 - 2 * s
                if working[s] >= 0:
                    if cancelling[s] or (is_market and abs(price_of[s] - wanted[s]) <= tolerance):
                        continue
                    cancelling[s] = True
                    hbt.cancel(0, working[s] + 1, False)
                    continue
                size = min(quote_lots, max_lots - side * position)
                if not is_market or size <= 0:
                    continue
                i = len(sent)
                sent.append((boundary // NANOS, side, wanted[s], size))
                ends.append(0)
                working[s] = i
                price_of[s] = wanted[s]
                open_of[s] = size
                cancelling[s] = False
                if side > 0:
                    hbt.submit_buy_order(0, i + 1, wanted[s] * tick, (size - less) * lot, GTX, LIMIT, False)
                else:
                    hbt.submit_sell_order(0, i + 1, wanted[s] * tick, (size - less) * lot, GTX, LIMIT, False)
        if now >= boundary - 1:
            boundary += step
        code = hbt.wait_next_feed(True, boundary - 1 - now)
        if code == END_OF_DATA or code < 0 or code > ORDER_RESPONSE:
            failure = code if code != END_OF_DATA else 0
            break
        if code != ORDER_RESPONSE:
            continue
        orders = hbt.orders(0)
        for s in range(2):
            i = working[s]
            if i < 0:
                continue
            order = orders.get(i + 1)
            left = note_fill(fills, completed, order, i, open_of[s], lot)
            position += (1 - 2 * s) * (open_of[s] - left)
            open_of[s] = left
            if order.status == FILLED or order.status == EXPIRED or order.status == CANCELED:
                ends[i] = order.status
                working[s] = -1
        hbt.clear_inactive_orders(0)
    return fills, completed, sent, ends, failure


@njit
def follow(hbt, every, until, forced_at, forced_happened, forced_lots, window, trigger, order_lots, hold, slippage, response, less, lot, tick):
    """The follower of liquidations of packages/strategy. hftbacktest has no liquidations: they are read beside it."""
    fills = List.empty_list(FILL)
    completed = List.empty_list(COMPLETED)
    sent = List.empty_list(SENT)
    ends = List.empty_list(types.int64)
    working = -1
    working_open = 0
    position = 0
    leave_at = 0
    first = 0
    told = 0
    failure = 0
    hbt.elapse(0)
    step = every * NANOS
    boundary = (hbt.current_timestamp // step + 1) * step
    while True:
        now = hbt.current_timestamp
        if now == boundary - 1 and boundary <= until * NANOS:
            at = boundary // NANOS
            while told < len(forced_at) and forced_at[told] < at:
                told += 1
            net = 0
            for n in range(first, told):
                if forced_happened[n] > at - window:
                    net += forced_lots[n]
            depth = hbt.depth(0)
            best_bid = depth.best_bid_tick
            best_ask = depth.best_ask_tick
            is_market = best_bid > -(1 << 60) and best_ask < (1 << 60) and best_bid < best_ask
            side = 0
            size = 0
            if working < 0 and is_market:
                if position != 0:
                    if at >= leave_at:
                        side = -1 if position > 0 else 1
                        size = abs(position)
                elif abs(net) >= trigger:
                    side = 1 if net > 0 else -1
                    size = order_lots
            if side != 0:
                price = (best_ask if side > 0 else best_bid) + side * slippage
                working = len(sent)
                working_open = size
                sent.append((at, side, price, size))
                ends.append(0)
                if side > 0:
                    hbt.submit_buy_order(0, working + 1, price * tick, (size - less) * lot, IOC, LIMIT, False)
                else:
                    hbt.submit_sell_order(0, working + 1, price * tick, (size - less) * lot, IOC, LIMIT, False)
        if now >= boundary - 1:
            boundary += step
        code = hbt.wait_next_feed(True, boundary - 1 - now)
        if code == END_OF_DATA or code < 0 or code > ORDER_RESPONSE:
            failure = code if code != END_OF_DATA else 0
            break
        if code != ORDER_RESPONSE or working < 0:
            continue
        order = hbt.orders(0).get(working + 1)
        left = note_fill(fills, completed, order, working, working_open, lot)
        if left < working_open:
            if position == 0:
                leave_at = order.exch_timestamp // NANOS + response + hold
            position += sent[working][1] * (working_open - left)
            if position == 0:
                heard = hbt.current_timestamp // NANOS
                while told < len(forced_at) and forced_at[told] <= heard:
                    told += 1
                first = told
        working_open = left
        if order.status == FILLED or order.status == EXPIRED or order.status == CANCELED:
            ends[working] = order.status
            working = -1
        hbt.clear_inactive_orders(0)
    return fills, completed, sent, ends, failure


def ints(values) -> np.ndarray:
    return np.array(values, np.int64)


def run_study(run: dict) -> dict:
    events = events_of(run["events"], run["clock"])
    hbt = backtest_of(run, events)
    lot, tick = run["lot"], run["tick"]
    less = LESS_LOTS if run["partial"] else 0.0
    study = run["study"]
    mismatches = 0
    if study == "probes":
        orders = run["orders"]
        requests = run["requests"]
        fills, completed, ends, mismatches, failure = play_requests(
            hbt,
            ints(requests["at"]),
            ints(requests["kind"]),
            ints(requests["order"]),
            *(ints(orders[name]) for name in ("side", "price", "size", "isIoc", "bid", "ask")),
            less,
            lot,
            tick,
        )
        sent = []
    elif study == "maker":
        o = run["options"]
        fills, completed, sent, ends, failure = make_market(
            hbt,
            run["everyMicros"],
            run["until"],
            o["quoteLots"],
            o["maxPositionLots"],
            float(o["halfSpreadTicks"]),
            float(o["skewTicks"]),
            float(o["toleranceTicks"]),
            less,
            lot,
            tick,
        )
    else:
        o = run["options"]
        forced = run["forced"]
        fills, completed, sent, ends, failure = follow(
            hbt,
            run["everyMicros"],
            run["until"],
            ints(forced["at"]),
            ints(forced["happenedAt"]),
            ints(forced["lots"]),
            o["windowMicros"],
            o["triggerLots"],
            o["orderLots"],
            o["holdMicros"],
            o["slippageTicks"],
            run["responseMicros"],
            less,
            lot,
            tick,
        )
    state = hbt.state_values(0)
    result = {
        "fills": [[int(value) for value in fill] for fill in fills],
        "completed": [[int(order), int(price), float(size)] for order, price, size in completed],
        "sent": [[int(value) for value in order] for order in sent],
        "ends": [int(end) for end in ends],
        "touchMismatches": int(mismatches),
        "state": {
            "position": state.position,
            "balance": state.balance,
            "fee": state.fee,
            "trades": int(state.num_trades),
        },
        "failure": int(failure),
        "failedAt": int(hbt.current_timestamp),
        "version": __version__,
    }
    hbt.close()
    return result


def main() -> None:
    with open(sys.argv[1], encoding="utf8") as file:
        runs = json.load(file)
    results = []
    for run in runs:
        print(run["name"], file=sys.stderr)
        results.append(run_study(run))
    with open(sys.argv[2], "w", encoding="utf8") as file:
        json.dump(results, file)


main()
