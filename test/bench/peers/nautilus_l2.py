"""nautilus_trader on a book stream: `python nautilus_l2.py book|engine FOLDER ROWS`.

`book` calls its OrderBook from Python, once a message; the deltas are made before the clock starts, the best prices are turned into
ticks after it has stopped. `engine` is its whole backtest engine, whose data engine and simulated venue keep a book each, with an actor
that reads the best prices at each message; there is no entry point that takes arrays.
"""

import sys

import numpy as np
from nautilus_trader import __version__
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.backtest.config import BacktestEngineConfig
from nautilus_trader.common.actor import Actor
from nautilus_trader.common.config import LoggingConfig
from nautilus_trader.model.book import OrderBook
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.data import OrderBookDelta, OrderBookDeltas
from nautilus_trader.model.enums import AccountType, BookAction, BookType, OmsType, OrderSide, RecordFlag
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.test_kit.providers import TestInstrumentProvider

from flat_stream import BID, SNAPSHOT_START, BookStream, CpuClock, print_result, touch_sum

INSTRUMENT = TestInstrumentProvider.btcusdt_perp_binance()
# Messages made at a time, outside the clock.
CHUNK = 50_000
NANOS = 1_000


class Deltas:
    """The messages of a stream as nautilus takes them: a delta, or several where the message has several."""

    def __init__(self, stream: BookStream):
        self.stream = stream
        self.price_step = Price(stream.tick, 1).raw
        self.size_step = Quantity(stream.lot, 3).raw

    def message(self, number: int) -> OrderBookDelta | OrderBookDeltas:
        stream = self.stream
        at = (number + 1) * NANOS
        deltas = []
        start, end = int(stream.starts[number]), int(stream.ends[number])
        for row in range(start, end):
            if stream.flags[row] & SNAPSHOT_START:
                deltas.append(OrderBookDelta.clear(INSTRUMENT.id, 0, at, at))
            size = int(stream.size[row])
            deltas.append(
                OrderBookDelta.from_raw(
                    INSTRUMENT.id,
                    BookAction.DELETE if size == 0 else BookAction.UPDATE,
                    OrderSide.BUY if stream.side[row] == BID else OrderSide.SELL,
                    int(stream.price[row]) * self.price_step,
                    1,
                    size * self.size_step,
                    3,
                    0,
                    RecordFlag.F_LAST if row == end - 1 else 0,
                    0,
                    at,
                    at,
                )
            )
        return deltas[0] if len(deltas) == 1 else OrderBookDeltas(INSTRUMENT.id, deltas)

    def chunks(self):
        for first in range(0, self.stream.messages, CHUNK):
            last = min(first + CHUNK, self.stream.messages)
            yield [self.message(number) for number in range(first, last)]


def ticks(prices: list) -> np.ndarray:
    return np.array([0 if price is None else round(float(price) * 10) for price in prices], np.int64)


def run_book(deltas: Deltas) -> tuple[CpuClock, list, list]:
    book = OrderBook(INSTRUMENT.id, BookType.L2_MBP)
    clock, bids, asks = CpuClock(), [], []
    apply, best_bid, best_ask = book.apply, book.best_bid_price, book.best_ask_price
    for messages in deltas.chunks():
        with clock:
            for message in messages:
                apply(message)
                bids.append(best_bid())
                asks.append(best_ask())
    return clock, bids, asks


class Reader(Actor):
    """Reads the best prices at the end of each message."""

    def __init__(self):
        super().__init__()
        self.bids, self.asks = [], []

    def on_start(self) -> None:
        self.subscribe_order_book_deltas(INSTRUMENT.id, BookType.L2_MBP)

    def on_order_book_deltas(self, deltas: OrderBookDeltas) -> None:
        book = self.cache.order_book(INSTRUMENT.id)
        self.bids.append(book.best_bid_price())
        self.asks.append(book.best_ask_price())


def run_engine(deltas: Deltas) -> tuple[CpuClock, list, list]:
    logging = LoggingConfig(bypass_logging=True)
    engine = BacktestEngine(BacktestEngineConfig(logging=logging, run_analysis=False))
    engine.add_venue(
        venue=INSTRUMENT.venue,
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        starting_balances=[Money(1_000_000, USDT)],
        book_type=BookType.L2_MBP,
    )
    engine.add_instrument(INSTRUMENT)
    reader = Reader()
    engine.add_actor(reader)
    clock = CpuClock()
    for messages in deltas.chunks():
        engine.add_data(messages, validate=False)
        with clock:
            engine.run(streaming=True)
        engine.clear_data()
    engine.end()
    return clock, reader.bids, reader.asks


def main() -> None:
    mode, folder, rows = sys.argv[1:]
    stream = BookStream(folder, int(rows))
    clock, bids, asks = (run_book if mode == "book" else run_engine)(Deltas(stream))
    total = touch_sum(ticks(bids), ticks(asks))
    print_result(clock, total, len(bids), f"nautilus_trader {__version__}", stream.rows)


main()
