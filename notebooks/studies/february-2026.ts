import { defineStudy, deltaNeutral, protectivePut, unhedged } from "aftershock";

/**
 * The fall of 29 January to 7 February 2026, from 88,000 to 62,000 USD a bitcoin, on Deribit's recorded option chain: what
 * would a put have saved, and what a short perpetual?
 */
export default defineStudy({
  name: "february-2026",
  day: "2026-02-05",
  from: "2026-01-29",
  to: "2026-02-07",
  portfolio: { BTC: 10, ETH: 100 },
  hedges: [
    unhedged(),
    protectivePut({ tenorDays: 30, moneyness: 0.9 }),
    deltaNeutral({ with: "perpetual", band: 0.05 }),
    deltaNeutral({ with: "future", band: 0.05 }),
  ],
});
