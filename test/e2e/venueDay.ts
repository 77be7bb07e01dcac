/** 2025-10-10T21:00:00Z, µs: an invented fall on a real venue's day, with the rules of that day. */
const START = Date.UTC(2025, 9, 10, 21) * 1_000;
const SECONDS = 240;
const LEVELS = 20;

/** At rest for a minute, 6 % down in another, and at rest; USDT. */
export const priceAt = (second: number): number =>
  Math.round(120_000 * (1 - 0.06 * Math.min(1, Math.max(0, (second - 60) / 60))));

/** How the day differs from one on which takers sell half a coin a second and open interest stays. */
export interface VenueDayTerms {
  /** Coins that takers sell in a second. Default 0.5. */
  readonly soldAt?: (second: number) => number;
  /** Coins; undefined: not told. Default 50,000. */
  readonly openInterestAt?: (second: number) => number | undefined;
}

const rowsOf = (row: (second: number, at: string) => readonly (readonly (string | number)[])[]) =>
  Array.from({ length: SECONDS }, (_, second) => {
    const at = START + second * 1_000_000;
    return row(second, `${at},${at + 4_000}`).map((cells) => cells.join(","));
  }).flat();

const HEAD = "exchange,symbol,timestamp,local_timestamp";
const ID = (at: string): string => `binance-futures,BTCUSDT,${at}`;

/** Four minutes of BTCUSDT at Binance as Tardis sells them, the lines of each file by its name: book, trades, tickers and prints of forced orders. */
export function venueDay({
  soldAt = () => 0.5,
  openInterestAt = () => 50_000,
}: VenueDayTerms = {}): Readonly<
  Record<"book" | "trades" | "derivative_ticker" | "liquidations", readonly string[]>
> {
  return {
    book: [
      `${HEAD},is_snapshot,side,price,amount`,
      ...rowsOf((second, at) =>
        Array.from({ length: LEVELS }, (_, level) => [
          [ID(at), "true", "bid", (priceAt(second) - 0.1 - level * 10).toFixed(1), "2"],
          [ID(at), "true", "ask", (priceAt(second) + 0.1 + level * 10).toFixed(1), "2"],
        ]).flat(),
      ),
    ],
    trades: [
      `${HEAD},id,side,price,amount`,
      ...rowsOf((second, at) => [
        [ID(at), second, "sell", (priceAt(second) - 0.1).toFixed(1), soldAt(second)],
      ]),
    ],
    derivative_ticker: [
      `${HEAD},funding_timestamp,funding_rate,predicted_funding_rate,open_interest,last_price,index_price,mark_price`,
      ...rowsOf((second, at) => {
        const price = priceAt(second);
        return [[ID(at), "", "0.0001", "", openInterestAt(second) ?? "", price, price, price]];
      }),
    ],
    liquidations: [
      `${HEAD},id,side,price,amount`,
      ...rowsOf((second, at) =>
        second > 70 && second < 125
          ? [[ID(at), "", "sell", (priceAt(second) - 5).toFixed(1), "1.5"]]
          : [],
      ),
    ],
  };
}
