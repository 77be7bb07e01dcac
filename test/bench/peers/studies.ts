import type { OrderBook, ReplayHandlers } from "@aftershock/replay";

/** One replay's worth of a study: what it listens with, and what it found, a number that must not depend on what else was replayed. */
export interface Study {
  readonly handlers: ReplayHandlers;
  readonly found: () => number;
}

/** The widest and the mean spread, in two numbers of a closure. */
function spreads(): Study {
  let [sum, widest] = [0, 0];
  return {
    handlers: {
      onTouch(bid, ask) {
        const spread = ask - bid;
        if (!(spread >= 0)) return;
        sum += spread;
        if (spread > widest) widest = spread;
      },
    },
    found: () => sum + widest,
  };
}

/** How much more of the best levels rests on one side, by the whole book. */
class Imbalance {
  total = 0;
  calls = 0;

  take({ bidSide, askSide }: OrderBook): void {
    const [bid, ask] = [bidSide.bestSize, askSide.bestSize];
    if (!(bid + ask > 0)) return;
    this.total += (bid - ask) / (bid + ask);
    this.calls += 1;
  }
}

function imbalances(): Study {
  const kept = new Imbalance();
  return {
    handlers: { onBook: (book) => kept.take(book) },
    found: () => kept.total + kept.calls,
  };
}

/** Signed volume and the basis of a perpetual: no book is heard. */
function flowAndBasis(): Study {
  const state = { bought: 0, sold: 0, basis: 0, rows: 0 };
  return {
    handlers: {
      on: {
        trades: ({ columns: { side, size } }, from, to) => {
          for (let row = from; row < to; row++) {
            if (side[row] === 1) state.bought += size[row]!;
            else state.sold += size[row]!;
          }
        },
        tickers: ({ columns: { markPrice, indexPrice } }, from, to) => {
          for (let row = from; row < to; row++) {
            state.basis += markPrice[row]! - indexPrice[row]!;
            state.rows += 1;
          }
        },
      },
    },
    found: () => state.bought - state.sold + state.basis + state.rows,
  };
}

/** Trades against the middle of the best prices, book by book, in arrays. */
class Slippage {
  readonly #middles = new Float64Array(4);
  readonly #sums: number[] = [0, 0, 0, 0];

  readonly onTouch = (bid: number, ask: number, _at: number, source: number): void => {
    this.#middles[source] = (bid + ask) / 2;
  };

  trade(price: number, size: number): void {
    const middle = this.#middles[0]!;
    if (middle > 0) this.#sums[0]! += (Math.abs(price - middle) * size) % 1_000_003;
  }

  get found(): number {
    return this.#sums.reduce((sum, one) => sum + one, 0);
  }
}

function slippage(): Study {
  const study = new Slippage();
  return {
    handlers: {
      onTouch: study.onTouch,
      on: {
        trades: (batch, from, to) => {
          const { price, size } = batch.columns;
          for (let row = from; row < to; row++) study.trade(price[row]!, size[row]!);
        },
      },
    },
    found: () => study.found,
  };
}

/** The last thousand middles, with the whole book where the best prices move. */
function recentMiddles(): Study {
  const ring = new Float64Array(1_024);
  let next = 0;
  return {
    handlers: {
      wake: "touch",
      onBook(book, at) {
        ring[next & 1_023] = (book.bidSide.bestPrice + book.askSide.bestPrice) / 2 + (at % 7);
        next += 1;
      },
    },
    found: () => ring.reduce((sum, one) => sum + one, next),
  };
}

/** A count of moves up and down by the minute, in a Map. */
class Moves {
  readonly byMinute = new Map<number, { up: number; down: number }>();
  private last = Number.NaN;
  private minute = { up: 0, down: 0 };
  private until = Number.NEGATIVE_INFINITY;

  onTouch(bid: number, at: number): void {
    if (at >= this.until) {
      this.until = (Math.floor(at / 60e6) + 1) * 60e6;
      this.minute = { up: 0, down: 0 };
      this.byMinute.set(this.until, this.minute);
    }
    if (bid > this.last) this.minute.up += 1;
    else if (bid < this.last) this.minute.down += 1;
    this.last = bid;
  }
}

function moves(): Study {
  const study = new Moves();
  return {
    handlers: { wake: "touch", onTouch: (bid, _ask, at) => study.onTouch(bid, at) },
    found: () => [...study.byMinute.values()].reduce((sum, { up, down }) => sum + 3 * up - down, 0),
  };
}

/** A market maker on paper: quotes about the middle, is filled by trades, marked by tickers. */
function paperMaker(): Study {
  const own = { bid: 0, ask: 0, position: 0, cash: 0, mark: 0 };
  const fill = (price: number, size: number): void => {
    const lots = Math.min(size, 5);
    if (price <= own.bid) [own.position, own.cash] = [own.position + lots, own.cash - lots * price];
    else if (price >= own.ask) {
      own.position -= lots;
      own.cash += lots * price;
    }
  };
  return {
    handlers: {
      onBook: ({ valid, bidSide, askSide, instrument }) => {
        if (!valid || instrument.base !== "BTC") return;
        own.bid = bidSide.bestPrice - 1 - Math.max(0, own.position % 10);
        own.ask = askSide.bestPrice + 1;
      },
      on: {
        trades: ({ columns }, from, to) => {
          for (let row = from; row < to; row++) fill(columns.price[row]!, columns.size[row]!);
        },
        tickers: ({ columns }, _from, to) => {
          own.mark = columns.markPrice[to - 1]!;
        },
      },
    },
    found: () => own.position * own.mark + own.cash,
  };
}

/** Everything that there is to hear, in one sum. */
function everything(): Study {
  let sum = 0;
  return {
    handlers: {
      onTouch: (bid, ask, at, source) => {
        sum = (sum + Math.imul(bid ^ ask, source + 3) + (at % 11)) | 0;
      },
      on: {
        trades: (_batch, from, to, times) => {
          for (let row = from; row < to; row++) sum = (sum + (times[row]! % 13)) | 0;
        },
        tickers: (batch, from, to) => {
          sum = (sum ^ (batch.length + to - from)) | 0;
        },
      },
    },
    found: () => sum,
  };
}

/** Eight studies of different code and shape, by name. Each makes a new one. */
export const STUDIES: Readonly<Record<string, () => Study>> = {
  "onTouch, closure": spreads,
  "onBook, class": imbalances,
  "trades + tickers, object": flowAndBasis,
  "onTouch + trades, class": slippage,
  "onBook at moves, ring": recentMiddles,
  "onTouch at moves, Map": moves,
  "onBook + trades + tickers": paperMaker,
  "onTouch + trades + tickers": everything,
};
