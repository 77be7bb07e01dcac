import type { MarketChange } from "@aftershock/simulator";

/** Three times as many makers, with some forty levels a side at distances of ticks, who look at them each step or two: the same market with busy books, 5.4 M rows an hour, 3 M of them of the perpetual. */
export const BUSY_BOOKS: MarketChange = {
  makers: {
    count: 24,
    levels: 40,
    growth: 1.04,
    gapBps: 0.25,
    sizeUsd: 900,
    reviewSecondsFrom: 0.1,
    reviewSecondsTo: 0.2,
    followMid: 0.1,
    opinionBps: 2,
    patience: 0.02,
    committed: 12,
  },
  spotMakers: {
    count: 24,
    levels: 30,
    growth: 1.05,
    gapBps: 0.3,
    sizeUsd: 2_000,
    reviewSecondsFrom: 0.1,
    reviewSecondsTo: 0.2,
    followMid: 0.1,
    opinionBps: 2,
    patience: 0.02,
    committed: 12,
  },
};

/** Twice as many makers again in the perpetual's book: 3.7 M of its rows an hour. A recorded calm evening of a large venue has 5.6 M. */
export const BUSIEST_BOOKS: MarketChange = {
  ...BUSY_BOOKS,
  makers: { ...BUSY_BOOKS.makers, count: 46, committed: 23 },
};

/** Those books, and ten times as many accounts of a tenth of the size: a tenth of them is liquidated in the hour. */
export const CROWDED_MARKET: MarketChange = {
  ...BUSIEST_BOOKS,
  accounts: { count: 33_000, medianUsd: 2_400, largestUsd: 300_000 },
};

/** The markets that scenarios are timed on, by what the commands call them. */
export const BUSY_MARKETS: Readonly<Record<string, MarketChange>> = {
  busy: BUSY_BOOKS,
  busiest: BUSIEST_BOOKS,
  crowded: CROWDED_MARKET,
};
